/* Parts of `xenith facts --json`; plans show some of them too. */
#ifndef FACTS_JSON_H
#define FACTS_JSON_H

#include "base/json.h"
#include "facts/facts.h"

/* New references. */
json_t *facts_disk_json(const struct disk_facts *d);
json_t *facts_vg_json(const struct vg_facts *vg);
json_t *facts_contents_json(const struct disk_content *v, size_t n);

#endif
