/* The process that keeps the layer mounted for as long as somebody uses it. */
#ifndef MOAT_HOME_KEEPER_H
#define MOAT_HOME_KEEPER_H

#include "../policy.h"

/* The keeper's descriptors, by number: whoever joins takes them from there. */
enum { KEPT_LOCK, KEPT_USERS, KEPT_USER_NAMESPACE, KEPT_MOUNT_NAMESPACE, KEPT_MASK, KEPT_COUNT };

/* Starts the keeper of the policy's layer, of which `lock` is locked by the caller and stays so while one of the two lives. It ends when
 * `users`, which is open anew for it, can be locked. Gives NULL when the layer is mounted, or why it is not. */
const char *keeper_start(const struct policy *p, long lock, long users);

#endif
