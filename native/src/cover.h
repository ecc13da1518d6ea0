/* What hidden paths and foreign sockets are covered with: an empty directory and an empty file that nobody can open. */
#ifndef MOAT_COVER_H
#define MOAT_COVER_H

/* An id that no namespace of the launcher maps. Root's power over files does not reach what belongs to it, so that root, too,
 * is told EACCES instead of seeing an empty directory. */
#define COVER_OWNER 4294967293L

/* Before the namespaces are made: a file system with the cover in it, when the caller may make one that belongs to COVER_OWNER. */
void cover_make(void);
/* Such a file system was made; without it root must not keep its power over files. */
int cover_stops_root(void);
/* In the namespaces: puts the cover at `place`, from where cover_take copies it. */
void cover_mount(const char *place);
/* A copy of the cover at `place`, as a mount tree: its `kind` is "directory" or "file". */
long cover_take(const char *place, const char *kind);

#endif
