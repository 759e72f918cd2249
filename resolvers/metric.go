package resolvers

import "github.com/opsgraph/opsgraph/graph/model"

// The keys of things in calls for their samples; empty for a thing that has none.

func serialNumber(host *model.Host) string { return valueOf(host.SerialNumber) }

func machineID(machine *model.VirtualMachine) string { return valueOf(machine.VMID) }

// machineIDOfInstance is the id of the virtual machine that an instance is; only ECS instances are one.
func machineIDOfInstance(instance *model.Instance) string {
	if instance.Type != model.InstanceTypeEcs {
		return ""
	}
	return instance.ResourceID
}

// managementIP is the address of a device as sent, since the upstream compares it as text; empty for a masked one.
func managementIP(device *model.Device) string {
	if device.Address == "" {
		return ""
	}
	return valueOf(device.ManagementIP)
}
