package model

import "time"

// Host is a physical host (listHostDetails). Nil fields are those that the upstream leaves out or sends unreadably.
type Host struct {
	ID               string
	HostID           string
	SerialNumber     *string
	Name             *string
	RegionCode       *string
	AvailabilityZone *string
	Manufacturer     *string
	Kernel           *string
	CPUArchitecture  *string
	// Processors is nil when the upstream's text can't be read; so are MemoryModules and Disks.
	Processors    []*Processor
	MemoryModules []*MemoryModule
	// MemoryGib is the sum of the modules' sizes in GiB; nil unless all are known.
	MemoryGib      *float64
	Disks          []*HostDisk
	MacAddresses   []string
	IPAddresses    []string
	NetworkAdapter *string
	Raid           *string
	Cluster        *string
	Pod            *string
	Room           *string
	Rack           *string
	DataCenter     *string
}

// IsNode marks Host as a Node of the schema.
func (*Host) IsNode() {}

// GetID returns the global id.
func (h *Host) GetID() string { return h.ID }

// VirtualMachine is a machine on a host (listHostVms).
type VirtualMachine struct {
	ID string
	// VMID is the upstream's machine id; nil when it is empty.
	VMID            *string
	Name            *string
	OperatingSystem *string
	// Processors is nil when the upstream's text can't be read.
	Processors []*Processor
	// Vcpus is sockets x cores x threads over all processors; nil unless all are known.
	Vcpus *int
	// HostID is the host of the call, whatever id the answer has.
	HostID     string
	ObservedAt *time.Time
	// Position is the machine's place in the upstream's list; it settles ties of machines without an id.
	Position int
}

// IsNode marks VirtualMachine as a Node of the schema.
func (*VirtualMachine) IsNode() {}

// GetID returns the global id.
func (v *VirtualMachine) GetID() string { return v.ID }
