/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches the empty program (empty.bpf.c), prints its id and stays until Ctrl-C, or until whoever
 * started it is gone.
 *
 *   empty FILE.bpf.o
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static int fail(const char *what, int error)
{
	fprintf(stderr, "empty: %s: %s\n", what, strerror(error < 0 ? -error : error));
	return 1;
}

int main(int argc, char **argv)
{
	struct bpf_prog_info info = { 0 };
	__u32 info_bytes = sizeof(info);
	sigset_t ends;
	int signal;
	if (argc != 2) {
		fputs("usage: empty FILE.bpf.o\n", stderr);
		return 2;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return fail(argv[1], 2);
	int error = bpf_object__load(object);
	if (error)
		return fail("load", error);
	struct bpf_program *program = bpf_object__next_program(object, NULL);
	struct bpf_link *link = bpf_program__attach(program);
	if (!link)
		return fail("attach", 22);
	error = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &info_bytes);
	if (error)
		return fail("program info", error);
	printf("%u\n", info.id);
	fflush(stdout);
	sigwait(&ends, &signal);
	bpf_link__destroy(link);
	bpf_object__close(object);
	return 0;
}
