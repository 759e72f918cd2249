package model

import "time"

// CloudService is one kind of service in one region.
type CloudService struct {
	Type       CloudServiceType
	RegionCode string
}

// NewCloudService makes the service of a kind in a region.
func NewCloudService(regionCode string, kind CloudServiceType) *CloudService {
	return &CloudService{Type: kind, RegionCode: regionCode}
}

// ID is the global id, which is asked for few of the services that are made.
func (s *CloudService) ID() string { return NewID(KindCloudService, s.RegionCode, string(s.Type)) }

// IsNode marks CloudService as a Node of the schema.
func (*CloudService) IsNode() {}

// GetID returns the global id.
func (s *CloudService) GetID() string { return s.ID() }

// Quantities are the numbers of every capacity row; nil when the row leaves one out. They need not add up.
type Quantities struct {
	Total, Used, Free, Allocated, Available *float64
	// ReportedUsedRatio is as sent: the upstream does not say whether it is a fraction or per cent.
	ReportedUsedRatio *float64
	// Allocation is allocated / (allocated + available), 0 to 1; nil unless both are known and their sum is positive.
	Allocation    *float64
	ResourceCount *int
}

// ServiceCapacity is one capacity measurement of a cloud service (a row of listCloudServiceCapacity).
type ServiceCapacity struct {
	Quantities
	Service CloudServiceType
	// RegionCode is nil where RegionText, the region as sent, is neither a code nor a known name.
	RegionCode             *string
	RegionText             string
	Zone                   *CapacityZone
	ZoneText               *string
	MetricType             *string
	MetricTypeText         *string
	Unit                   *CapacityUnit
	ReportedAllocatedRatio *float64
	ResourceType           *string
	AvailabilityZoneID     *string
	AvailabilityZoneName   *string
	ObservedAt             *time.Time
}

// PhysicalCapacity is one capacity measurement of a physical pool (a row of listHostPhysicalCapacity).
type PhysicalCapacity struct {
	Quantities
	DeviceType     *DeviceType
	DeviceTypeText *string
	// RegionCode is nil where RegionText, the region as sent, is neither a code nor a known name.
	RegionCode     *string
	RegionText     string
	Zone           *CapacityZone
	ZoneText       *string
	ResourceType   *string
	MetricType     *string
	MetricTypeText *string
	Unit           *CapacityUnit
	ObservedAt     *time.Time
}
