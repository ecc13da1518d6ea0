#include "report.h"

#include "fail.h"
#include "home/home.h"
#include "seccomp.h"
#include "sys.h"
#include "text.h"

static const char *tier_name(const struct policy *p) {
  static const char *const names[] = {"none", "landlock", "ns", "ns-only"};
  return p->mode == MODE_EXTERNAL ? "external" : names[p->tier];
}

static const char *fs_name(const struct policy *p) {
  if (policy_unconfined(p)) return "full";
  return p->mode == MODE_READ_ONLY ? "read-only" : "workspace-write";
}

static const char *net_name(const struct policy *p) {
  static const char *const names[] = {"none", "full", "proxy"};
  return names[policy_unconfined(p) ? NET_FULL : p->net];
}

static const char *unix_name(const struct policy *p) {
  static const char *const names[] = {"none", "masked", "allow"};
  return names[policy_unconfined(p) ? UNIX_ALLOW : unix_enforced(p)];
}

void report_require(const struct policy *p, const struct report *r) {
  const struct {
    const char *name;
    int held;
  } known[] = {
      {"fs", !policy_unconfined(p)},
      {"net", !text_equal(net_name(p), "full")},
      {"unix", !text_equal(unix_name(p), "allow")},
      {"carve", r->carve},
      {"carve_absent", r->carve_absent},
      {"hidden", r->hidden},
      {"hidden_absent", r->hidden_absent},
      {"metadata", r->metadata},
      {"loopback", r->loopback},
      {"ipc", r->ipc},
      {"tree_kill", r->tree_kill},
      {"home", home_layered()},
  };
  for (int i = 0; i < p->require.count; i++) {
    int held = 0;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
      if (text_equal(known[k].name, p->require.at[i])) held = known[k].held;
    if (!held) fail("a required protection cannot be enforced here", p->require.at[i], 0);
  }
}

static void add_flag(struct text *t, const char *key, int value) {
  text_add(t, ",");
  text_add_json(t, key);
  text_add(t, value ? ":true" : ":false");
}

static void add_name(struct text *t, const char *key, const char *value) {
  text_add(t, ",");
  text_add_json(t, key);
  text_add(t, ":");
  text_add_json(t, value);
}

void report_write(const struct policy *p, const struct report *r) {
  struct text line;
  text_start(&line, "{\"abi\":");
  text_add_number(&line, r->abi);
  add_name(&line, "tier", tier_name(p));
  add_name(&line, "fs", fs_name(p));
  add_name(&line, "net", net_name(p));
  add_name(&line, "unix", unix_name(p));
  add_flag(&line, "carve", r->carve);
  add_flag(&line, "carve_absent", r->carve_absent);
  add_flag(&line, "hidden", r->hidden);
  add_flag(&line, "hidden_absent", r->hidden_absent);
  add_flag(&line, "metadata", r->metadata);
  add_flag(&line, "loopback", r->loopback);
  add_flag(&line, "ipc", r->ipc);
  add_flag(&line, "tree_kill", r->tree_kill);
  add_name(&line, "home", home_layered() ? "layer" : "real");
  if (home_missing()) add_name(&line, "home_reason", home_missing());
  if (r->memory) add_name(&line, "memory", r->memory);
  if (p->capture) add_flag(&line, "captured", !r->not_captured);
  if (p->capture && r->not_captured) add_name(&line, "captured_reason", r->not_captured);
  text_add(&line, "}\n");
  long written = sys_write(CONTROL_FD, line.bytes, line.used);
  if (written != (long)line.used) fail("the report cannot be written to descriptor 3", NULL, written < 0 ? written : 0);
}
