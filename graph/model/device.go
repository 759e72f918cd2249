package model

// Device is a physical device of the inventory (listDeviceAssets). Nil fields are those that the upstream leaves out.
type Device struct {
	ID       string
	DeviceID string
	Name     *string
	// Type is nil for an unknown word; TypeText has the text as sent.
	Type            *DeviceKind
	TypeText        *string
	RunningStatus   *string
	Model           *string
	ManagementIP    *string
	OperatingSystem *string
	RegionCode      *string

	// Address is ManagementIP in canonical form, the key of joins to hosts, alarms and metrics; empty when it is invalid.
	Address string
}

// IsNode marks Device as a Node of the schema.
func (*Device) IsNode() {}

// GetID returns the global id.
func (d *Device) GetID() string { return d.ID }
