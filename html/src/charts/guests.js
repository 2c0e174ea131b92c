// SPDX-License-Identifier: Apache-2.0
// Which guest charts 2 and 3 are about: all, one virtual machine, or one virtual CPU. It is the
// choice of tasks that all charts share.

import { effect } from '@preact/signals-core';

import { quote } from '../data/query.js';
import { element, NO_NAME, printable } from '../ui/dom.js';

const words = new Intl.Collator('en', { numeric: true });

// [{ vm, vcpus: [task] }], by name; vCPUs of no known machine stand last.
export function guestsOf(tasks) {
	const found = new Map();
	for (const task of tasks) {
		if (task.kind !== 'vcpu') continue;
		if (!found.has(task.vm)) found.set(task.vm, []);
		found.get(task.vm).push(task);
	}
	for (const vcpus of found.values())
		vcpus.sort((a, b) => (a.vcpu ?? Infinity) - (b.vcpu ?? Infinity) || a.task - b.task);
	return [...found]
		.map(([vm, vcpus]) => ({ vm, vcpus }))
		.sort((a, b) => (a.vm === null) - (b.vm === null) || words.compare(a.vm ?? '', b.vm ?? ''));
}

export function guestPicker(page) {
	const { model, state } = page;
	const option = (value, text) => element('option', { value }, text);
	const queryOf = (vm) => `vm:${quote(vm, true)}`;
	const guests = guestsOf(model.tasks);
	if (!guests.length) return null;
	const select = element(
		'select',
		{
			'aria-label': 'Guest',
			title: 'All guests, one virtual machine, or one virtual CPU',
			onchange: () => {
				const [kind, index] = select.value.split(' ');
				state.task.value = kind === 'task' ? Number(index) : null;
				page.only(kind === 'vm' ? queryOf(guests[Number(index)].vm) : '');
			},
		},
		option('all', 'all guests'),
		...guests.map(({ vm, vcpus }, i) =>
			element(
				'optgroup',
				{ label: printable(vm ?? 'no known machine') || NO_NAME },
				vm === null ? null : option(`vm ${i}`, `all of ${printable(vm) || NO_NAME}`),
				...vcpus.map((task) => option(`task ${task.task}`, page.label(task))),
			),
		),
	);
	effect(() => {
		const vm = guests.findIndex((guest) => guest.vm !== null && queryOf(guest.vm) === state.filter.value);
		const task = state.task.value;
		select.value =
			task !== null
				? model.task(task).kind === 'vcpu'
					? `task ${task}`
					: ''
				: state.filter.value === ''
					? 'all'
					: vm >= 0
						? `vm ${vm}`
						: '';
	});
	return select;
}
