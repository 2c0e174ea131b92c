/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vcpu: a virtual machine in real mode whose vCPUs execute so many instructions that leave the
 * guest, and no others: what KVM counts is known beforehand.
 *
 *   vcpu [--vcpus N] [--loops N] [--cpuid N] [--pio N] [--mmio N] [--hlt N] [--spin THOUSANDS]
 *        [--halt-us US] [--cpu N] [--migrate] [--wait] [--name TEXT]
 *
 * Each vCPU is a thread of its own, "CPU N/KVM", and makes --loops rounds of: --cpuid times cpuid,
 * --pio times out, --mmio times a store where there is no memory, --hlt times hlt, and a spin that
 * leaves the guest by nothing of its own. There is no interrupt controller, so hlt comes back at
 * once, after --halt-us of sleep in user space. --migrate moves each thread to another CPU every
 * round. One more out ends a vCPU, from which KVM never enters it again.
 *
 * Prints of each vCPU in a line tid=, vcpu=, begin_ns= and end_ns= of its work, run_ns= and wait_ns=
 * (schedstat), and since_ns=, until_ns=, between which these were read, too; then what all executed
 * (cpuid= pio= mmio= hlt=), and what came back to user space.
 */
#include "load.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define VCPUS_MAX 16
#define MEMORY_BYTES 0x10000
#define CODE_AT 0x1000
#define PORT_WORK 0x10
#define PORT_END 0xf4
#define NO_MEMORY_AT 0xa0000 /* what a PC has its screen at */

struct work {
	uint32_t loops, cpuid, pio, mmio, hlt, spin;
	uint64_t halt_ns;
	bool migrate;
};

struct vcpu {
	pthread_t thread;
	const struct work *work;
	unsigned int number;
	int fd;
	struct kvm_run *run;
	int tid;
	uint64_t begin_ns, end_ns;   /* of its work */
	uint64_t since_ns, until_ns; /* and of the reading of its counters around it */
	uint64_t pio, mmio, hlt;     /* back in user space */
	struct load_counters counters;
};

static pthread_barrier_t at_rest, go, all_done, may_end;

/* ---- what the guest executes ---- */

struct code {
	uint8_t *bytes;
	size_t count;
};

static void emit(struct code *code, const void *bytes, size_t count)
{
	memcpy(code->bytes + code->count, bytes, count);
	code->count += count;
}

#define EMIT(code, ...) \
	emit(code, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void emit_number(struct code *code, uint32_t number)
{
	emit(code, &number, sizeof(number)); /* both are little-endian */
}

/* esi counts how often `body` is executed. */
static void emit_times(struct code *code, uint32_t times, const void *body, size_t count)
{
	if (!times)
		return;
	EMIT(code, 0x66, 0xbe); /* mov esi, times */
	emit_number(code, times);
	emit(code, body, count);
	EMIT(code, 0x66, 0x4e, 0x75, (uint8_t) - (count + 4)); /* dec esi; jnz body */
}

static void emit_work(struct code *code, const struct work *work)
{
	static const uint8_t cpuid[] = { 0x66, 0x31, 0xc0, 0x0f, 0xa2 }; /* xor eax, eax; cpuid */
	static const uint8_t pio[] = { 0xe6, PORT_WORK };		 /* out PORT_WORK, al */
	static const uint8_t mmio[] = { 0xa2, 0x00, 0x00 };		 /* mov [0], al */
	static const uint8_t hlt[] = { 0xf4 };
	size_t round;
	int16_t back;

	EMIT(code, 0x66, 0xbd); /* mov ebp, loops */
	emit_number(code, work->loops);
	round = code->count;
	emit_times(code, work->cpuid, cpuid, sizeof(cpuid));
	emit_times(code, work->pio, pio, sizeof(pio));
	emit_times(code, work->mmio, mmio, sizeof(mmio));
	emit_times(code, work->hlt, hlt, sizeof(hlt));
	emit_times(code, work->spin, NULL, 0);
	EMIT(code, 0x66, 0x4d, 0x0f, 0x85); /* dec ebp; jnz round */
	back = (int16_t)(round - code->count - 2);
	emit(code, &back, sizeof(back));
	EMIT(code, 0xe6, PORT_END); /* out PORT_END, al */
}

/* ---- the machine ---- */

static int control(int fd, unsigned long request, void *argument, const char *what)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		load_fail(what);
	return result;
}

static void *map(size_t bytes, int flags, int fd)
{
	void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (mapped == MAP_FAILED)
		load_fail("mmap");
	return mapped;
}

static void give_memory(int machine, const struct work *work)
{
	uint8_t *memory = map(MEMORY_BYTES, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1);
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY_BYTES,
						      .userspace_addr = (uintptr_t)memory };
	struct code code = { .bytes = memory + CODE_AT };

	emit_work(&code, work);
	control(machine, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
}

static void make_vcpu(struct vcpu *vcpu, int kvm, int machine)
{
	size_t bytes = (size_t)control(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "KVM_GET_VCPU_MMAP_SIZE");
	struct kvm_regs registers = { .rip = CODE_AT, .rflags = 2 };
	struct kvm_sregs segments;

	vcpu->fd = ioctl(machine, KVM_CREATE_VCPU, (unsigned long)vcpu->number);
	if (vcpu->fd < 0)
		load_fail("KVM_CREATE_VCPU");
	vcpu->run = map(bytes, MAP_SHARED, vcpu->fd);
	control(vcpu->fd, KVM_GET_SREGS, &segments, "KVM_GET_SREGS");
	segments.cs.base = 0;
	segments.cs.selector = 0;
	segments.ds.base = NO_MEMORY_AT;
	segments.ds.selector = NO_MEMORY_AT >> 4;
	control(vcpu->fd, KVM_SET_SREGS, &segments, "KVM_SET_SREGS");
	control(vcpu->fd, KVM_SET_REGS, &registers, "KVM_SET_REGS");
}

/* ---- a vCPU's thread ---- */

static void halt(const struct vcpu *vcpu)
{
	if (vcpu->work->halt_ns)
		load_sleep_until_ns(load_now_ns() + vcpu->work->halt_ns);
}

static void migrate(const struct vcpu *vcpu)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (vcpu->work->migrate)
		load_pin((int)((sched_getcpu() + 1) % cpus));
}

/* False when the guest is done. */
static bool enter(struct vcpu *vcpu)
{
	if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
		load_fail("KVM_RUN");
	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_IO:
		if (vcpu->run->io.port == PORT_END)
			return false;
		vcpu->pio++;
		return true;
	case KVM_EXIT_MMIO:
		vcpu->mmio++;
		return true;
	case KVM_EXIT_HLT:
		vcpu->hlt++;
		halt(vcpu);
		migrate(vcpu);
		return true;
	default:
		fprintf(stderr, "vcpu: the guest stopped for reason %u\n", vcpu->run->exit_reason);
		return false;
	}
}

static void *thread_main(void *context)
{
	struct vcpu *vcpu = context;
	struct load_counters before;
	char name[16];

	snprintf(name, sizeof(name), "CPU %u/KVM", vcpu->number % VCPUS_MAX);
	prctl(PR_SET_NAME, name);
	vcpu->tid = gettid();
	pthread_barrier_wait(&at_rest);
	pthread_barrier_wait(&go);
	vcpu->since_ns = load_now_ns();
	load_counters(&before);
	vcpu->begin_ns = load_now_ns();
	while (enter(vcpu))
		;
	vcpu->end_ns = load_now_ns();
	load_counters(&vcpu->counters);
	vcpu->until_ns = load_now_ns();
	vcpu->counters.run_ns -= before.run_ns;
	vcpu->counters.wait_ns -= before.wait_ns;
	pthread_barrier_wait(&all_done);
	pthread_barrier_wait(&may_end);
	return NULL;
}

static void print_results(const struct vcpu *vcpus, unsigned int count, const struct work *work)
{
	uint64_t rounds = (uint64_t)work->loops * count;
	uint64_t pio = 0, mmio = 0, hlt = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct vcpu *vcpu = &vcpus[i];

		printf("tid=%d vcpu=%u begin_ns=%" PRIu64 " end_ns=%" PRIu64 " run_ns=%" PRIu64
		       " wait_ns=%" PRIu64 " since_ns=%" PRIu64 " until_ns=%" PRIu64 "\n",
		       vcpu->tid, vcpu->number, vcpu->begin_ns, vcpu->end_ns, vcpu->counters.run_ns,
		       vcpu->counters.wait_ns, vcpu->since_ns, vcpu->until_ns);
		pio += vcpu->pio;
		mmio += vcpu->mmio;
		hlt += vcpu->hlt;
	}
	printf("cpuid=%" PRIu64 " pio=%" PRIu64 " mmio=%" PRIu64 " hlt=%" PRIu64 "\n",
	       rounds * work->cpuid, rounds * work->pio, rounds * work->mmio, rounds * work->hlt);
	printf("user_pio=%" PRIu64 " user_mmio=%" PRIu64 " user_hlt=%" PRIu64 "\n", pio, mmio, hlt);
}

static void make_machine(struct vcpu *vcpus, unsigned int count, const struct work *work)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), machine;

	if (kvm < 0)
		load_fail("/dev/kvm");
	machine = control(kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
	give_memory(machine, work);
	for (unsigned int i = 0; i < count; i++) {
		vcpus[i] = (struct vcpu){ .work = work, .number = i };
		make_vcpu(&vcpus[i], kvm, machine);
		if (pthread_create(&vcpus[i].thread, NULL, thread_main, &vcpus[i]))
			load_fail("pthread_create");
	}
}

static struct work take_work(struct load *load)
{
	return (struct work){
		.loops = (uint32_t)load_number(load, "--loops", 100),
		.cpuid = (uint32_t)load_number(load, "--cpuid", 0),
		.pio = (uint32_t)load_number(load, "--pio", 0),
		.mmio = (uint32_t)load_number(load, "--mmio", 0),
		.hlt = (uint32_t)load_number(load, "--hlt", 0),
		.spin = (uint32_t)(load_number(load, "--spin", 0) * 1000),
		.halt_ns = (uint64_t)(load_number(load, "--halt-us", 0) * 1000),
		.migrate = load_flag(load, "--migrate"),
	};
}

int main(int argc, char **argv)
{
	struct vcpu vcpus[VCPUS_MAX];
	struct load load;
	struct work work;
	unsigned int count;

	load_begin(&load, argc, argv,
		   "vcpu [--vcpus N] [--loops N] [--cpuid N] [--pio N] [--mmio N] [--hlt N]\n"
		   "            [--spin THOUSANDS] [--halt-us US] [--cpu N] [--migrate] [--wait]\n"
		   "            [--name TEXT]");
	count = (unsigned int)load_number(&load, "--vcpus", 1);
	if (count < 1 || count > VCPUS_MAX)
		count = VCPUS_MAX;
	work = take_work(&load);
	pthread_barrier_init(&at_rest, NULL, count + 1);
	pthread_barrier_init(&go, NULL, count + 1);
	pthread_barrier_init(&all_done, NULL, count + 1);
	pthread_barrier_init(&may_end, NULL, count + 1);
	make_machine(vcpus, count, &work);
	pthread_barrier_wait(&at_rest);
	load_ready(&load);
	pthread_barrier_wait(&go);
	pthread_barrier_wait(&all_done);
	print_results(vcpus, count, &work);
	load_done(&load);
	pthread_barrier_wait(&may_end);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(vcpus[i].thread, NULL);
	return 0;
}
