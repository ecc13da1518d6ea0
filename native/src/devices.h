/* A /dev of its own: terminals of the command only, no disks, private shared memory. */
#ifndef MOAT_DEVICES_H
#define MOAT_DEVICES_H

/* Takes the harmless device nodes, while /dev is still the machine's. */
void devices_take(void);
/* Mounts the new /dev over it. */
void devices_put(void);

#endif
