/* SPDX-License-Identifier: Apache-2.0 */
/* An account with a sink that keeps its rows, and short words to feed it. */
#ifndef ACCOUNT_BENCH_H
#define ACCOUNT_BENCH_H

#include "unit.h"

#include "account/account.h"
#include "base/string_pool.h"
#include "tally.h"

#define MS 1000000ULL
#define ZERO_NS (1000 * MS) /* CLOCK_MONOTONIC at zero */

struct bench {
	struct tally tally;
	struct string_pool *strings;
	struct account *account;
};

struct bench *begin_with(const struct account_options *options);

struct bench *begin(uint32_t cpus);

void finish(struct bench *bench);

void end_at(struct bench *bench, uint64_t duration_ns);

void found(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid);

struct account_switch event(uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next);

void feed(struct bench *bench, struct account_switch change);

void sleeps(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next);

void begins(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next);

void dies(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next);

void waits(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next,
	   uint64_t wait_total_ns);

void tell(struct bench *bench, uint32_t tid, uint64_t started_at_ns, const char *comm);

uint64_t task_of(const struct bench *bench, uint32_t tid, const char *comm);

uint64_t sample_sum(const struct bench *bench, uint64_t task, unsigned int column);

uint64_t in_bucket(const struct bench *bench, uint64_t task, uint64_t bucket, unsigned int column);

uint64_t cell_count(const struct bench *bench, uint64_t task, const char *kind, uint64_t length_ns);

#endif
