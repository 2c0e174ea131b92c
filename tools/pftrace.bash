# SPDX-License-Identifier: Apache-2.0
# Completion of pftrace's commands, options and their values, for bash. A test holds the options
# against what --help says.

_pftrace_reading='--from --cap --task --map --merge-sys-tasks --merge-names --append-tid --help'

_pftrace_options() { # command
	case $1 in
	record) echo '--duration --out --bucket --task --pid --tid --cgroup --cpus --no-kvm --no-sched --kvm-hook --detail --map --names --names-from --rotate --flight-recorder --when --keep --quiet --ring --user --help' ;;
	check) echo '--format --help' ;;
	import) echo '--out --bucket --detail --quiet --help' ;;
	info) echo '--format --help' ;;
	list) echo "$_pftrace_reading --sort --format" ;;
	stats) echo "$_pftrace_reading --sort --percentiles --idle --cores --vcpus --exits --format" ;;
	successors) echo "${_pftrace_reading/--task /} --sort --format" ;;
	diff) echo "$_pftrace_reading --least --again --fail-if --noise-too --every --format" ;;
	export) echo "$_pftrace_reading --table --format --out" ;;
	remap) echo '--map --out --help' ;;
	render) echo "$_pftrace_reading --out --label --open --cells" ;;
	*) echo 'record check import info list stats successors diff export remap render --help --version --licenses' ;;
	esac
}

_pftrace_long() { # command, option: what a short one that takes a value is called
	case $1:$2 in
	record:-d) echo --duration ;;
	record:-b | import:-b) echo --bucket ;;
	record:-o | import:-o | remap:-o | export:-o | render:-o) echo --out ;;
	remap:-m) echo --map ;;
	*) echo "$2" ;;
	esac
}

_pftrace_values() { # command, option: its values, "files", or nothing where anything goes
	case $1:$2 in
	check:--format | info:--format) echo 'text json' ;;
	export:--format) echo 'csv json perfetto' ;;
	diff:--format) echo 'table csv json' ;;
	*:--format) echo 'text csv json' ;;
	export:--table)
		echo 'tasks samples vcpu_samples cells exits exit_cells totals exit_totals switches
			successors cpus losses' ;;
	list:--sort) echo 'switches run tid tgid kind name cgroup' ;;
	successors:--sort) echo 'count next_name next_tid' ;;
	stats:--exits) echo 'all vm vcpu' ;;
	stats:--sort) echo 'run switches wait_avg wait_max name tid' ;;
	*:--bucket) echo 'auto' ;;
	record:--kvm-hook) echo 'auto btf classic' ;;
	*:--names) echo 'auto none cgroup' ;;
	*:--out | *:--map | *:--again) echo 'files' ;;
	*:--names-from | *:--duration | *:--flight-recorder | *:--rotate | *:--when | *:--keep | *:--ring | *:--from | *:--cap | *:--task | *:--label | *:--cells | *:--pid | *:--tid | *:--cgroup | *:--cpus | *:--least | *:--fail-if)
		echo ' '
		;;
	esac
}

_pftrace_files() { # endings
	local word=${COMP_WORDS[COMP_CWORD]} ending

	COMPREPLY=($(compgen -d -- "$word"))
	for ending in "$@"; do
		COMPREPLY+=($(compgen -f -X "!*$ending" -- "$word"))
	done
	compopt -o filenames 2>/dev/null
}

_pftrace() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} values

	COMPREPLY=()
	case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in # the command that is recorded
	*' -- '*)
		COMPREPLY=($(compgen -c -- "$word"))
		return
		;;
	esac
	if [ "$COMP_CWORD" -gt 1 ]; then
		case $command in -*) command=record ;; esac
		case $before in -*) values=$(_pftrace_values "$command" "$(_pftrace_long "$command" "$before")") ;; esac
		case $values in
		files)
			_pftrace_files ''
			return
			;;
		?*) # also where none of them fits: no option and no file would
			COMPREPLY=($(compgen -W "$values" -- "$word"))
			return
			;;
		esac
	else
		command=
		case $word in -?*) COMPREPLY=($(compgen -W "$(_pftrace_options record) --version" -- "$word")) && return ;; esac
	fi
	case $command:$word in
	*:-* | :* | record:* | check:*) COMPREPLY=($(compgen -W "$(_pftrace_options "$command")" -- "$word")) ;;
	import:*) _pftrace_files '' ;;
	remap:*) _pftrace_files .cdict ;;
	*) _pftrace_files .cdict .part .data .dat ;;
	esac
}

complete -F _pftrace pftrace
