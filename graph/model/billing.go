package model

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/shopspring/decimal"
)

// PayPerUseResource is a resource of a customer as the billing system knows it (listCustomerOnDemandResources), which
// promises no field of a row: any may be nil.
type PayPerUseResource struct {
	ID string
	// CustomerID is the customer of the call, whatever the row says.
	CustomerID       string
	ResourceID       *string
	Name             *string
	RegionCode       *string
	AvailabilityZone *string
	ServiceTypeCode  *string
	ServiceTypeName  *string
	ResourceTypeCode *string
	ResourceTypeName *string
	ResourceSpecCode *string
	// SpecSize is nil when the text in ResourceInfo can't be read.
	SpecSize        *decimal.Decimal
	ResourceInfo    *string
	SpecDescription *string
	// Status is nil for a number outside the known list; StatusText has the number as sent.
	Status      *PayPerUseStatus
	StatusText  *string
	EffectiveAt *time.Time
	ExpiresAt   *time.Time
}

// PayPerUseResourceID returns the global id of a customer's resource. A row without a resource id has an id made of its
// content.
func PayPerUseResourceID(customerID string, resourceID *string, row []byte) string {
	if resourceID != nil && *resourceID != "" {
		return NewID(KindPayPerUseResource, customerID, *resourceID)
	}
	sum := sha256.Sum256(row)
	return NewID(KindPayPerUseResource, customerID, "-", hex.EncodeToString(sum[:]))
}

// IsNode marks PayPerUseResource as a Node of the schema.
func (*PayPerUseResource) IsNode() {}

// GetID returns the global id.
func (r *PayPerUseResource) GetID() string { return r.ID }
