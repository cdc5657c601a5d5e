/* Functions that are never right here: each use fails to compile or to link, by name. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(func, use) sorry_##func##_is_banned_use_##use

#undef strcpy
#define strcpy(d, s) BANNED(strcpy, xstrdup_or_buf)
#undef strcat
#define strcat(d, s) BANNED(strcat, buf_adds)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf_or_buf_addf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, buf_vaddf)
#undef strtok
#define strtok(s, d) BANNED(strtok, argv_split)
#undef system
#define system(c) BANNED(system, run_argv)
#undef popen
#define popen(c, t) BANNED(popen, run_argv)
#undef atoi
#define atoi(s) BANNED(atoi, str_u64)
#undef atol
#define atol(s) BANNED(atol, str_u64)
#undef gmtime
#define gmtime(t) BANNED(gmtime, gmtime_r)
#undef localtime
#define localtime(t) BANNED(localtime, localtime_r)
#undef mktemp
#define mktemp(t) BANNED(mktemp, mkdtemp)

#endif
