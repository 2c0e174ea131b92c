# SPDX-License-Identifier: Apache-2.0
"""fill_nova.py NOVA.CONF < instances.json: makes instances through Nova's own objects, as a scheduler
and a compute node would have. [[uuid, name, project, user, host, cell], ...]"""
import json
import sys

from nova import monkey_patch  # noqa: F401  first, as Nova's own programs do
from nova import config, context, objects
from nova.network import model

HELD = {'vm_state': 'active', 'power_state': 1, 'task_state': None}


def make_flavor(about):
    flavor = objects.Flavor(about, name='small', memory_mb=512, vcpus=1, root_gb=1,
                            ephemeral_gb=0, flavorid='1', swap=0, rxtx_factor=1.0,
                            vcpu_weight=0, disabled=False, is_public=True, extra_specs={},
                            projects=[])
    flavor.create()
    return objects.Flavor.get_by_flavor_id(about, '1')


def make_instance(about, cells, flavor, row):
    uuid, name, project, user, host, cell = row
    cell = cells[cell]
    with context.target_cell(about, cell) as within:
        instance = objects.Instance(
            within, uuid=uuid, display_name=name, project_id=project, user_id=user, host=host,
            node=host, hostname='vm', image_ref='', flavor=flavor, old_flavor=None,
            new_flavor=None, instance_type_id=flavor.id, memory_mb=flavor.memory_mb,
            vcpus=flavor.vcpus, root_gb=flavor.root_gb, ephemeral_gb=0, system_metadata={},
            metadata={}, reservation_id='r-1', launch_index=0, locked=False, **HELD)
        instance.info_cache = objects.InstanceInfoCache(
            within, instance_uuid=uuid, network_info=model.NetworkInfo([]))
        instance.create()
    mapping = objects.InstanceMapping(about, instance_uuid=uuid, project_id=project, user_id=user,
                                      cell_mapping=cell, queued_for_delete=False)
    mapping.create()
    objects.RequestSpec(about, instance_uuid=uuid, flavor=flavor, project_id=project, user_id=user,
                        num_instances=1, image=None, numa_topology=None, pci_requests=None,
                        availability_zone=None, ignore_hosts=None, force_hosts=None,
                        force_nodes=None, retry=None, limits=None, instance_group=None,
                        scheduler_hints={}).create()


def main():
    config.parse_args(['fill', '--config-file', sys.argv[1]])
    objects.register_all()
    about = context.get_admin_context()
    cells = {one.name: one for one in objects.CellMappingList.get_all(about)}
    flavor = make_flavor(about)
    for row in json.load(sys.stdin):
        make_instance(about, cells, flavor, row)


main()
