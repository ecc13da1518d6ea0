/* The first touch: what a place or a file was before the command changed it goes into the journal, once. */
#ifndef MOAT_TOUCH_H
#define MOAT_TOUCH_H

#include "spot.h"

/* From here on everything is unseen, and what is born from now on is new. `number`: the epoch's. */
void touch_begin(u32 number);
/* Once for each call that is looked at: what time it is. */
void touch_tick(void);
/* It was made since the beginning: there is nothing to go back to. */
int touch_is_new(const struct id *id);
/* Its bytes are kept by nothing but a second name of it: written to now, they would be lost. */
int touch_is_exposed(const struct id *id);
/* The name is about to mean something else. */
void touch_name(const struct spot *s);
/* The same, where an old file or directory comes to: also in a directory that is new, for whoever looks for it there. */
void touch_arrival(const struct spot *s);
/* Mode, owner or attributes are about to change, or the file to go. */
void touch_file(const struct spot *s);
/* The file's bytes are about to change. */
void touch_content(const struct spot *s);
/* The file is about to lose this name, perhaps its last one. */
void touch_removed(const struct spot *s);
/* What cannot be kept; `id` may be NULL, and of one reason and path there is one such record. */
void touch_gap(const struct id *id, enum gap reason, const char *path);

#endif
