/* The lists of this folder, as they were when the program was built. */
#ifndef ISO_BUILD_LISTS_H
#define ISO_BUILD_LISTS_H

extern const char iso_programs_list[];
extern const char iso_modules_list[];

#endif
