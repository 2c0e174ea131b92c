# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# What is done in the guest: loads at known work, a capture beside them, and the kernel's own
# numbers about both. Nothing is judged here. A scenario runs in a folder of its own and leaves
# there: run.cdict, code (the recorder's exit status), words (its stderr), WHEN.ns, WHEN.stat,
# WHEN.TID.status and WHEN.TID.schedstat of each note, and ID.out of each load.

# CLOCK_MONOTONIC in ns: the first thing that timer_list tells.
moment() {
	sed -n '/^now at/{s/[^0-9]//g;p;q}' /proc/timer_list
}

# As near to each other as can be: one program reads both.
moment_and_stat() { # file of the moment, file of /proc/stat
	awk -v moment="$1" -v stat="$2" 'BEGIN {
		while ((getline line <"/proc/timer_list") > 0 && line !~ /^now at/)
			;
		while ((getline all[n++] <"/proc/stat") > 0)
			;
		gsub(/[^0-9]/, "", line)
		print line >moment
		for (i = 0; i < n - 1; i++)
			print all[i] >stat
	}'
}

note() { # when, tids
	when=$1
	shift
	for tid; do
		cat "/proc/$tid/status" >"$when.$tid.status"
		cat "/proc/$tid/schedstat" >"$when.$tid.schedstat"
	done
	moment_and_stat "$when.ns" "$when.stat"
}

# ---- loads: tests/load/load.h has their protocol ----

wait_for() { # id of a load, its word
	until grep -q "^$2" "$1.out"; do
		sleep 0.05
	done
}

load() { # id, program, options: at rest until start
	id=$1
	shift
	mkfifo "$id.in"
	# for reading and writing: opening it waits for nobody, and reading waits for us
	"$@" --wait <>"$id.in" >"$id.out" 2>&1 &
	wait_for "$id" ready
}

tids_of() { # id
	sed -n '/^ready/{s/[^0-9 ]//g;p;q}' "$1.out"
}

start() { # ids
	for id; do
		echo >"$id.in"
	done
}

finish() { # ids: their work is done, they rest
	for id; do
		wait_for "$id" 'done'
	done
}

# ---- the recorder ----

begin() { # the file it writes first, options
	first=$1
	shift
	pftrace --out run.cdict "$@" 2>words &
	recorder=$!
	until [ -s "$first.part" ]; do
		kill -0 $recorder 2>/dev/null || break
		sleep 0.05
	done
	sleep 0.3 # some drains: the start lies behind us
}

record() { # options
	begin run.cdict "$@"
}

record_files() {
	begin run.0001.cdict --bucket 10 --rotate 1s
}

stop() {
	kill -TERM $recorder
	wait $recorder
	echo $? >code
}

# ---- KVM ----

load_kvm() {
	[ -e /sys/module/kvm_amd ] && return
	for module in /modules/*; do
		insmod "$module"
	done
}

# The kernel's own count of exits, by a histogram on its tracepoint.
exits=/sys/kernel/tracing/events/kvm/kvm_exit

count_exits() {
	echo 'hist:keys=common_pid,exit_reason:size=512' >$exits/trigger
}

exits_counted() {
	cat $exits/hist >exits.hist
	echo '!hist:keys=common_pid,exit_reason:size=512' >$exits/trigger
}

# ---- scenarios ----

# A pinned spinner that may never switch, beside a core that is mostly idle.
scenario_cores() {
	load spin spin --cpu 1 --seconds 2.2 --name spinner
	record --bucket 100
	note before $(tids_of spin)
	start spin
	finish spin
	note after $(tids_of spin)
	stop
	start spin
}

# Two tasks that switch as fast as they can, at rest at both ends.
scenario_pair() {
	load pair pipepair --cpu 1 --seconds 2
	record --bucket 10
	note before $(tids_of pair)
	start pair
	finish pair
	note after $(tids_of pair)
	stop
	start pair
}

# A task that competes for its core with a spinner and a pair.
scenario_waits() {
	load stamp stamp --cpu 1 --seconds 2 --out stamps
	load spin spin --cpu 1 --seconds 2
	load pair pipepair --cpu 1 --seconds 2
	record --bucket 10
	note before $(tids_of stamp)
	start stamp
	sleep 0.2 # it notes its wait so far before anybody competes
	start spin pair
	finish stamp
	note after $(tids_of stamp)
	finish spin pair
	stop
	start stamp spin pair
}

# The wall clock is set forward and back, and both clocks are turned, while files follow each other.
scenario_clock() {
	load pair pipepair --cpu 1 --seconds 3
	record_files
	note before $(tids_of pair)
	start pair
	sleep 0.5
	date -s "@$(($(date +%s) + 3600))" >date
	sleep 1.2
	adjtimex -f 32768000 >adjtimex # 500 ppm in units of 2^-16 ppm
	sleep 0.5
	date -s "@$(($(date +%s) - 3600))" >>date
	sleep 1.2 # another file begins
	finish pair
	adjtimex -f 0 >>adjtimex
	note after $(tids_of pair)
	stop
	start pair
}

# Tasks that take turns and sleep, and many that wake each other, recorded by perf, too. What it
# tells of them remains: its own table, and sums of its events by tid.
scenario_perf() {
	[ -e /bin/perf ] || return
	echo 1 >/proc/sys/kernel/sched_schedstats # for sched_stat_wait
	# since 6.12 a task that sleeps may stay queued, and sched_stat_wait counts that as waiting
	features=/sys/kernel/debug/sched/features
	mount -t debugfs debug /sys/kernel/debug
	grep -q DELAY_DEQUEUE $features && echo NO_DELAY_DEQUEUE >$features
	record --bucket 10
	perf sched record -q -a -m 2048 -o perf.data -- sh -c '
		spin --cpu 1 --seconds 1 --name turn-taker &
		spin --cpu 1 --seconds 1 --name turn-taker &
		stamp --cpu 1 --seconds 1 --run-us 3000 --sleep-us 1000 --out stamps --name turn-taker &
		taskset 1 perf bench sched messaging -g 1 -l 40
		wait' >perf.words 2>&1
	stop
	perf sched latency -p -i perf.data >latency 2>>perf.words
	perf script -i perf.data -F event,trace 2>>perf.words | awk '
		function field(name,  value) {
			value = $0
			sub(".* " name "=", "", value)
			return value + 0
		}
		/sched_switch:/ { switches[field("prev_pid")]++ }
		/sched_stat_wait:/ { wait_ns[field("pid")] += field("delay") }
		END {
			for (tid in switches)
				print tid, switches[tid], wait_ns[tid] + 0
		}' >sums
	rm perf.data
	[ -e $features ] && grep -q NO_DELAY_DEQUEUE $features && echo DELAY_DEQUEUE >$features
	echo 0 >/proc/sys/kernel/sched_schedstats
}

# Short tasks by the hundred, more than there are tids.
scenario_storm() {
	was=$(cat /proc/sys/kernel/pid_max)
	load storm forkstorm --children 450 --parallel 3 --work-us 300 --prefix again --out names
	echo 500 >/proc/sys/kernel/pid_max # 301 is the least that the kernel takes
	record
	note before
	start storm
	finish storm
	note after
	stop
	start storm
	echo "$was" >/proc/sys/kernel/pid_max
}

# More switches than the ring holds between two drains: with the recorder stopped for a while, also
# where a host is slow.
scenario_ring() {
	load left pipepair --cpu 0 --seconds 3
	load right pipepair --cpu 1 --seconds 3
	record --ring 8
	start left right
	for _ in 1 2 3; do
		kill -STOP $recorder
		sleep 0.6
		kill -CONT $recorder
		sleep 0.4
	done
	finish left right
	stop
	start left right
}

# A recorder that gets no chance to say good-bye.
scenario_killed() {
	load spin spin --cpu 1 --seconds 60
	load once oneshot --cpu 0 --ms 20
	record --bucket 100
	start spin once
	finish once
	sleep 4.5
	moment >killed.ns
	kill -KILL $recorder
	wait $recorder
	echo $? >code
	start once
	kill -KILL $(tids_of spin)
}

# A CPU leaves, with two tasks pinned to it and one that may run anywhere, and returns.
scenario_offline() {
	load pair pipepair --cpu 1 --seconds 2.5
	load spin spin --seconds 2.5
	record --bucket 100
	start pair spin
	sleep 0.5
	moment >going.ns
	echo 0 >/sys/devices/system/cpu/cpu1/online
	moment >gone.ns
	sleep 0.7
	moment >coming.ns
	echo 1 >/sys/devices/system/cpu/cpu1/online
	moment >come.ns
	sleep 0.3 # some buckets with both CPUs again, though the loads be done
	finish pair spin
	stop
	start pair spin
}

# All in one, for kernels that are looked at only shortly.
scenario_short() {
	load pair pipepair --cpu 0 --seconds 2
	load spin spin --cpu 1 --seconds 2
	record --bucket 10
	note before $(tids_of pair) $(tids_of spin)
	start pair spin
	finish pair spin
	note after $(tids_of pair) $(tids_of spin)
	stop
	start pair spin
}

# KVM comes while a capture is in progress; then two vCPUs leave their guest by known instructions,
# on any core.
scenario_late() {
	pftrace --no-sched --duration 0.1 --out none.cdict 2>none.words
	echo $? >none.code
	record --bucket 10
	[ -e /sys/module/kvm_amd ] && echo "kvm was there before" >&2
	load_kvm
	until grep -q 'KVM has come' words; do
		kill -0 $recorder || return
		sleep 0.05
	done
	load vm vcpu --vcpus 2 --loops 200 --cpuid 3 --pio 2 --mmio 1 --hlt 1 --spin 20
	count_exits
	start vm
	finish vm
	exits_counted
	stop
	start vm
}

# The other kind of hooks; two machines whose vCPUs halt and move from core to core.
scenario_classic() {
	load_kvm
	load vm vcpu --vcpus 2 --loops 60 --cpuid 2 --pio 3 --hlt 1 --halt-us 2000 --migrate
	load other vcpu --vcpus 2 --loops 40 --cpuid 5 --mmio 2 --hlt 1 --halt-us 3000 --migrate
	record --bucket 10 --kvm-hook classic
	count_exits
	start vm other
	finish vm other
	exits_counted
	stop
	start vm other
}

# Files follow each other while two vCPUs halt, most of all, and leave their guest for other reasons.
scenario_parts() {
	load_kvm
	load vm vcpu --vcpus 2 --loops 250 --cpuid 2 --pio 2 --mmio 1 --hlt 1 --halt-us 10000
	record_files
	count_exits
	start vm
	finish vm
	exits_counted
	stop
	start vm
}

# One vCPU has its core to itself, the other shares it with a spinner; both leave their guests only
# for the host's sake.
scenario_crowd() {
	load_kvm
	load vm vcpu --cpu 0 --loops 1 --pio 1 --spin 300000
	load shared vcpu --cpu 1 --loops 1 --pio 1 --spin 150000
	load spin spin --cpu 1 --seconds 2
	record --bucket 100
	count_exits
	start vm shared spin
	finish vm shared spin
	exits_counted
	stop
	start vm shared spin
}

# A machine that is killed in the middle, and no switches recorded.
scenario_dies() {
	load_kvm
	load vm vcpu --vcpus 2 --loops 1000000 --cpuid 5 --pio 1
	record --bucket 10 --no-sched
	count_exits
	start vm
	sleep 1
	kill -KILL $(tids_of vm)
	sleep 0.3
	exits_counted
	stop
}

# Enough rights for the scheduler (CAP_PERFMON, CAP_BPF), and not for KVM.
scenario_rights() {
	load_kvm
	chmod 777 .
	fewcaps 38,39 pftrace --duration 1 --out run.cdict 2>words
	echo $? >code
	fewcaps 38,39 pftrace --duration 1 --out classic.cdict --kvm-hook classic 2>classic.words
	echo $? >classic.code
	fewcaps 38,39 pftrace check --format json >check.json
	# and CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN, which are said to be what it lacks
	fewcaps 2,21,38,39 pftrace --duration 1 --out told.cdict --kvm-hook classic 2>told.words
	echo $? >told.code
}
