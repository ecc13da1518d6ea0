/* What this machine can do, as one JSON line on stdout. */
#ifndef MOAT_PROBE_H
#define MOAT_PROBE_H

int probe(void);

#endif
