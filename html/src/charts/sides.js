// SPDX-License-Identifier: Apache-2.0
// The two ways round of chart 4: what its lanes are, and how often tasks came to each.

import { isIdle } from '../data/model.js';
import { halve, pyramid, regroup, transpose } from '../data/sparse.js';

const byGroup = (sparse) => new Map(Array.from(sparse.upper, (each, group) => [each, group]));

// A pyramid with the lanes' places in it, and how often tasks came to each: made when first asked for.
function lanes(makeBase, makeMoves) {
	let made = null;
	const all = () => {
		if (!made) {
			const base = makeBase();
			const moves = makeMoves();
			// the most of any column: what is darkest
			const withMost = (sparse) =>
				Object.assign(sparse, {
					most: sparse.values[0].reduce((most, each) => Math.max(most, each), 0),
				});
			made = {
				level: pyramid(base),
				groups: byGroup(base),
				moves: pyramid(withMost(moves), (sparse) => withMost(halve(sparse))),
				moveGroups: byGroup(moves),
			};
		}
		return made;
	};
	return {
		level: (level) => all().level(level),
		group: (row) => all().groups.get(row),
		moves: (level) => all().moves(level),
		moveGroup: (row) => all().moveGroups.get(row),
	};
}

const together = () => 0;
// how many cores a lane's whole height stands for
const oneCore = () => 1;

export function createSides(page) {
	const { model } = page;
	const cores = lanes(
		() => model.locality,
		() => regroup(model.migrations, (task, cpu) => cpu, together),
	);
	const coreLevel = pyramid(model.locality);
	const tasks = lanes(
		() => transpose(model.locality),
		() => regroup(model.migrations, (task) => task, together),
	);
	let [groups, ofGroups] = [null, null];
	// lanes of groups, anew when there are others
	const grouped = () => {
		const now = page.groups.value;
		if (now !== groups) {
			groups = now;
			const index = (task) => page.groupOf.value.get(task)?.index ?? -1;
			ofGroups = lanes(
				() =>
					regroup(
						model.locality,
						(cpu, task) => (isIdle(model.task(task)) ? -1 : index(task)),
						(cpu) => cpu,
					),
				() => regroup(model.migrations, index, together),
			);
		}
		return ofGroups;
	};
	const groupsInView = () => {
		const inView = new Set(page.tasksInView.value);
		return groups
			.filter((group) => group.members.some((task) => inView.has(task.task)))
			.sort((a, b) => b.runNs - a.runNs)
			.map((group) => group.index);
	};
	return {
		cores: {
			...cores,
			level: coreLevel,
			rows: () => page.cpusShown.value.map((cpu) => cpu.cpu),
			label: (cpu) => `core ${cpu}`,
			parts: oneCore,
		},
		// by run time of the whole, so that rows keep their order; only those that ran in the range
		tasks: {
			...tasks,
			rows: () => page.tasksInView.value,
			label: (task) => page.label(model.task(task)),
			parts: oneCore,
		},
		groups: () => ({
			...grouped(),
			rows: groupsInView,
			label: (index) => groups[index]?.label ?? '',
			of: (index) => groups[index],
			parts: (index) => Math.min(page.cpusShown.value.length, groups[index].members.length),
		}),
		// a task's lane whatever is shown: its ways
		ofTask: tasks,
	};
}
