/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an exit with its entry costs, and how many can be recorded.
 *
 *   kvm_pairs FILE.bpf.o                       measures, with maps of its own
 *   kvm_pairs FILE.bpf.o RATE SECONDS THREADS  makes so many pairs a second in the maps of the
 *                                              pftrace that is recording
 *
 * Prints ns of a pair and of the two clock reads in it, the medians of rounds; or the tid of each
 * thread and how many pairs it made.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAIRS 100 /* as kvm_pairs.bpf.c */
#define ROUNDS 51
#define RUNS 200 /* of the program, a round */
#define THREADS_MAX 64
#define NS_PER_S 1000000000ULL

struct driver {
	pthread_t thread;
	int program;
	uint64_t pairs_per_s;
	uint64_t ends_ns;
	uint64_t made;
	int tid;
};

static void fail(const char *what)
{
	fprintf(stderr, "kvm_pairs: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void run_program(int program)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	if (bpf_prog_test_run_opts(program, &options))
		fail("BPF_PROG_TEST_RUN");
}

/* ---- the maps of a pftrace that is recording ---- */

/* The newest map of that name; -1: there is none. */
static int find_map(const char *name)
{
	uint32_t id = 0;
	int found = -1;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = { 0 };
		uint32_t bytes = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &bytes) || strcmp(info.name, name) != 0) {
			close(fd);
			continue;
		}
		if (found >= 0)
			close(found);
		found = fd;
	}
	return found;
}

static void share_maps(struct bpf_object *object)
{
	static const char *const names[][2] = {
		{ "kvm_blocks", "kvm_blocks" },
		{ "kvm_threads", "kvm_threads" },
		{ "kvm_totals", "kvm_totals" },
		{ "kvm_ring", "kvm_ring" },
		{ "cpus", "cpus" },
		{ ".bss", "kvm_bpf.bss" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, names[i][0]);
		int fd = find_map(names[i][1]);

		if (!map || fd < 0 || bpf_map__reuse_fd(map, fd)) {
			fprintf(stderr, "kvm_pairs: no pftrace is recording KVM (%s)\n",
				names[i][1]);
			exit(1);
		}
	}
}

/* ---- measure ---- */

static void open_gate(struct bpf_object *object)
{
	size_t bytes;
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	uint64_t *gate = map ? (uint64_t *)bpf_map__initial_value(map, &bytes) : NULL;

	if (!gate)
		fail("there is no gate");
	*gate = 1;
}

static int by_value(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

/* ns of a pair in one round. */
static double round_ns(int program, int map, uint32_t place)
{
	uint64_t zero = 0, took_ns = 0;

	if (bpf_map_update_elem(map, &place, &zero, BPF_ANY))
		fail("map");
	for (int i = 0; i < RUNS; i++)
		run_program(program);
	if (bpf_map_lookup_elem(map, &place, &took_ns))
		fail("map");
	return (double)took_ns / RUNS / PAIRS;
}

static void measure(struct bpf_object *object, int pairs)
{
	int clocks = bpf_program__fd(bpf_object__find_program_by_name(object, "clocks"));
	int map = bpf_map__fd(bpf_object__find_map_by_name(object, "took_ns"));
	double pair_ns[ROUNDS], clock_ns[ROUNDS], net_ns[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		pair_ns[i] = round_ns(pairs, map, 0);
		clock_ns[i] = round_ns(clocks, map, 1);
		net_ns[i] = pair_ns[i] - clock_ns[i];
	}
	qsort(pair_ns, ROUNDS, sizeof(double), by_value);
	qsort(clock_ns, ROUNDS, sizeof(double), by_value);
	qsort(net_ns, ROUNDS, sizeof(double), by_value);
	printf("exit with entry %.1f ns, two clock reads %.1f ns, net %.1f ns (medians of %d rounds; "
	       "net of the best %.1f)\n",
	       pair_ns[ROUNDS / 2], clock_ns[ROUNDS / 2], net_ns[ROUNDS / 2], ROUNDS, net_ns[0]);
}

/* ---- drive ---- */

static void *drive(void *context)
{
	struct driver *driver = context;
	uint64_t began_ns = now_ns();

	driver->tid = gettid();
	while (now_ns() < driver->ends_ns) {
		uint64_t due = (now_ns() - began_ns) * driver->pairs_per_s / NS_PER_S;

		if (driver->made + PAIRS > due) {
			usleep(200);
			continue;
		}
		run_program(driver->program);
		driver->made += PAIRS;
	}
	return NULL;
}

static void drive_all(int program, uint64_t rate, double seconds, unsigned int threads)
{
	struct driver drivers[THREADS_MAX];

	if (threads < 1 || threads > THREADS_MAX)
		threads = 1;
	for (unsigned int i = 0; i < threads; i++) {
		drivers[i] = (struct driver){
			.program = program,
			.pairs_per_s = rate / threads,
			.ends_ns = now_ns() + (uint64_t)(seconds * 1e9),
		};
		if (pthread_create(&drivers[i].thread, NULL, drive, &drivers[i]))
			fail("pthread_create");
	}
	for (unsigned int i = 0; i < threads; i++) {
		pthread_join(drivers[i].thread, NULL);
		printf("tid=%d pairs=%" PRIu64 "\n", drivers[i].tid, drivers[i].made);
	}
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	int pairs;

	if (argc != 2 && argc != 5) {
		fputs("usage: kvm_pairs FILE.bpf.o [RATE SECONDS THREADS]\n", stderr);
		return 2;
	}
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		fail(argv[1]);
	if (argc == 5)
		share_maps(object);
	else
		open_gate(object);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "kvm_blocks"),
				 (uint32_t)libbpf_num_possible_cpus());
	if (bpf_object__load(object))
		fail("load");
	pairs = bpf_program__fd(bpf_object__find_program_by_name(object, "pairs"));
	if (argc == 5)
		drive_all(pairs, strtoull(argv[2], NULL, 10), strtod(argv[3], NULL),
			  (unsigned int)strtoul(argv[4], NULL, 10));
	else
		measure(object, pairs);
	bpf_object__close(object);
	return 0;
}
