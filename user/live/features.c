/* SPDX-License-Identifier: Apache-2.0 */
#include "live/features.h"

#include "base/array.h"
#include "base/capability.h"
#include "live/trial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define RIGHTS_REMEDY "run as root (sudo), or with CAP_BPF and CAP_PERFMON"
#define CONTAINED_REMEDY "run it outside of this user namespace, on the host"
#define TYPES_REMEDY "it can be told with the kernel's types only: see btf"

const char *feature_state_word(enum feature_state state)
{
	static const char *const words[] = { "works", "missing", "refused", "untried" };

	return words[state];
}

bool features_suffice(const struct features *features)
{
	for (size_t i = 0; i < features->count; i++)
		if (features->list[i].needed && features->list[i].state != FEATURE_WORKS)
			return false;
	return true;
}

static struct feature *add(struct features *features, const char *name, const char *purpose)
{
	struct feature *feature = &features->list[features->count];

	if (features->count + 1 < FEATURES_MAX)
		features->count++;
	*feature = (struct feature){ .name = name, .purpose = purpose };
	return feature;
}

static const char *rights_remedy(const struct probe *probe)
{
	return probe->is_contained ? CONTAINED_REMEDY : RIGHTS_REMEDY;
}

static void settle(struct feature *feature, bool there, const char *remedy)
{
	feature->state = there ? FEATURE_WORKS : FEATURE_MISSING;
	feature->remedy = there ? NULL : remedy;
}

/* From what a trial returned. Only -EPERM is about rights: the verifier says -EACCES. */
static void settle_trial(struct feature *feature, int error, const char *remedy)
{
	settle(feature, !error, remedy);
	if (error == -EPERM) {
		feature->state = FEATURE_REFUSED;
		feature->remedy = RIGHTS_REMEDY;
	}
	if (error)
		snprintf(feature->detail, sizeof(feature->detail), "%s", strerror(-error));
}

/* A program can be loaded: there is the right to, and all of ours ask for the kernel's types. */
static bool can_try(const struct probe *probe)
{
	return probe->has_rights && probe->has_btf;
}

static void settle_untried(struct feature *feature, const struct probe *probe)
{
	feature->state = FEATURE_UNTRIED;
	feature->remedy = probe->has_rights ? TYPES_REMEDY : rights_remedy(probe);
}

/* What the kernel's types tell of. */
static void settle_typed(struct feature *feature, const struct probe *probe, bool there,
			 const char *remedy)
{
	settle(feature, there, remedy);
	if (probe->has_btf)
		return;
	feature->state = FEATURE_UNTRIED;
	feature->remedy = TYPES_REMEDY;
}

/* ---- what is known without rights ---- */

static void add_kernel(struct features *features, const struct probe *probe)
{
	struct feature *feature = add(features, "btf", "finding the kernel's fields");

	feature->needed = true;
	settle(feature, probe->has_btf, "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y");
	feature = add(features, "rights", "loading BPF programs");
	feature->needed = true;
	settle(feature, probe->has_rights, rights_remedy(probe));
	if (!probe->has_rights)
		feature->state = FEATURE_REFUSED;
}

static void add_clocks(struct features *features, const struct probe *probe)
{
	struct feature *feature =
		add(features, "run-queue clock", "time without reading a clock at every switch");

	settle_typed(feature, probe, probe->has_run_queue_clock,
		     "nothing: a clock is read instead, which costs 15 to 90 ns a switch; a kernel "
		     "built with CONFIG_FAIR_GROUP_SCHED=y has it");
	feature->written_only = probe->has_btf && !probe->has_run_queue_clock;
	feature = add(features, "sched_info", "how long tasks waited for a core");
	settle_typed(feature, probe, probe->has_sched_info,
		     "waits are not recorded; a kernel built with CONFIG_SCHED_INFO=y (by "
		     "CONFIG_SCHEDSTATS or CONFIG_TASK_DELAY_ACCT) has them");
}

/* ---- what is tried ---- */

static const struct {
	const char *name;
	const char *program;
	const char *purpose;
} hooks[] = {
	{ "sched_switch", "on_sched_switch", "who ran where, for how long, and why it ended" },
	{ "sched_process_fork", "on_fork", "who a new task is" },
	{ "sched_process_exec", "on_exec", "threads that take over their process by exec" },
	{ "task_rename", "on_rename", "new names, those of exec too" },
	{ "cpuhp_exit", "on_cpu_state", "cores that leave and return" },
};

static void add_hooks(struct features *features, const struct probe *probe)
{
	for (size_t i = 0; i < ARRAY_LENGTH(hooks); i++) {
		struct feature *feature = add(features, hooks[i].name, hooks[i].purpose);

		feature->needed = true;
		if (can_try(probe))
			settle_trial(feature, trial_hook(probe, hooks[i].program),
				     "report it, with what PFTRACE_DEBUG=1 pftrace check says");
		else
			settle_untried(feature, probe);
	}
}

static void add_prev_state(struct features *features, const struct probe *probe)
{
	struct feature *feature =
		add(features, "prev_state", "in which state a task left its core");

	settle_typed(feature, probe, true, NULL);
	if (!probe->has_btf)
		return;
	feature->written_only = !probe->has_prev_state_argument;
	snprintf(feature->detail, sizeof(feature->detail), "%s",
		 probe->has_prev_state_argument
			 ? "told by sched_switch"
			 : "not told by sched_switch before 5.18: read from the task");
}

static void add_trial(struct features *features, const struct probe *probe, const char *name,
		      const char *purpose, int (*trial)(const struct probe *probe),
		      const char *remedy)
{
	struct feature *feature = add(features, name, purpose);

	feature->needed = true;
	if (can_try(probe))
		settle_trial(feature, trial(probe), remedy);
	else
		settle_untried(feature, probe);
}

static int try_ring(const struct probe *probe)
{
	if (probe->rt_ring_sleeps)
		return -EDEADLK;
	return trial_ring();
}

static void add_trials(struct features *features, const struct probe *probe)
{
	add_trial(features, probe, "task iterator", "who is there at the start",
		  trial_task_iterator, "a kernel with CONFIG_BPF_SYSCALL=y from 5.8 on has it");
	add_trial(features, probe, "run on a CPU", "who runs on each core at the start",
		  trial_run_on_cpus, "a kernel from 5.10 on has it (BPF_F_TEST_RUN_ON_CPU)");
	add_trial(features, probe, "ring buffer", "bringing samples to user space", try_ring,
		  "PREEMPT_RT before 6.12, 6.11.6, 6.6.84 and 6.1.192 takes a sleeping lock there: "
		  "use a newer kernel");
}

/* ---- what recording can do without ---- */

static void add_cgroups(struct features *features)
{
	struct feature *feature = add(features, "cgroup paths", "the cgroup (v2) of each task");
	int error = trial_cgroup_paths();

	settle(feature, !error, "mount the v2 hierarchy: mount -t cgroup2 none /sys/fs/cgroup");
	if (error && error != -ENOENT) {
		feature->state = FEATURE_REFUSED;
		feature->remedy = "run as root, or with CAP_DAC_READ_SEARCH as well";
	}
}

static void add_stats(struct features *features)
{
	struct feature *feature = add(features, "bpf stats", "the estimate of what tracing costs");

	settle_trial(feature, trial_stats(), "a kernel from 5.8 on has it");
	if (feature->state == FEATURE_REFUSED)
		feature->remedy = "run as root, or with CAP_SYS_ADMIN as well";
}

static void add_priority(struct features *features, const struct probe *probe)
{
	struct feature *feature = add(features, "priority",
				      "draining in time on a machine with hundreds of "
				      "runnable tasks");
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_RTPRIO, &limit);
	settle(feature, limit.rlim_cur || probe_has_capability(probe, CAP_SYS_NICE),
	       "run as root, or with CAP_SYS_NICE as well");
	if (feature->state == FEATURE_MISSING)
		feature->state = FEATURE_REFUSED;
}

/* Which kinds of hooks can be attached, and which recording takes. */
static void try_kvm(struct feature *feature, const struct probe *probe, const struct kvm_probe *kvm)
{
	char no_btf[LIVE_MESSAGE_BYTES], no_classic[LIVE_MESSAGE_BYTES];
	bool btf = !trial_kvm(probe, kvm, LIVE_KVM_BTF, no_btf);
	bool classic = !trial_kvm(probe, kvm, LIVE_KVM_CLASSIC, no_classic);

	feature->state = btf || classic ? FEATURE_WORKS : FEATURE_REFUSED;
	if (btf)
		snprintf(feature->detail, sizeof(feature->detail), "%s, by tp_btf hooks%s",
			 kvm->vendor, classic ? "; classic ones would work, too" : "");
	else if (classic)
		snprintf(feature->detail, sizeof(feature->detail), "%s, by classic hooks: %.100s",
			 kvm->vendor, no_btf);
	else
		snprintf(feature->detail, sizeof(feature->detail), "%s: %.120s", kvm->vendor,
			 no_classic);
	if (!btf && !classic)
		feature->remedy = "the scheduler is recorded all the same; for KVM run as root, "
				  "with tracefs mounted";
}

static void add_kvm(struct features *features, const struct probe *probe)
{
	struct feature *feature = add(features, "kvm", "what virtual machines do");
	struct kvm_probe kvm;

	kvm_probe_read(&kvm);
	if (!kvm.vendor[0])
		settle(feature, false,
		       kvm.possible ? "nothing, unless this machine has guests: modprobe kvm_intel "
				      "or kvm_amd; a capture in progress notices"
				    : "nothing: this machine runs no guests");
	else if (!can_try(probe))
		settle_untried(feature, probe);
	else
		try_kvm(feature, probe, &kvm);
	feature->written_only = kvm.vendor[0] && strcmp(kvm.vendor, "kvm_amd") != 0;
}

void features_read(const struct probe *probe, struct features *features)
{
	*features = (struct features){ 0 };
	add_kernel(features, probe);
	add_hooks(features, probe);
	add_prev_state(features, probe);
	add_trials(features, probe);
	add_clocks(features, probe);
	add_cgroups(features);
	add_stats(features);
	add_priority(features, probe);
	add_kvm(features, probe);
}

enum feature_state features_state(const struct features *features, const char *name)
{
	for (size_t i = 0; i < features->count; i++)
		if (strcmp(features->list[i].name, name) == 0)
			return features->list[i].state;
	return FEATURE_MISSING;
}
