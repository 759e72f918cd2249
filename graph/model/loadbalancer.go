package model

import "time"

// LoadBalancerCluster is the latest measurement of an ELB version 3 cluster (listElbv3Capacity).
type LoadBalancerCluster struct {
	ID              string
	ClusterID       string
	Name            *string
	Code            *string
	Type            *string
	RegionCode      *string
	RegionText      *string
	NodesText       *string
	LoadBalancers   *ClusterOccupancy
	LoadBalancersV5 *int
	Layer4Listeners *ClusterOccupancy
	Layer7Listeners *ClusterOccupancy
	Layer4Members   *ClusterOccupancy
	Layer7Members   *ClusterOccupancy
	ObservedAt      *time.Time
}

// IsNode marks LoadBalancerCluster as a Node of the schema.
func (*LoadBalancerCluster) IsNode() {}

// GetID returns the global id.
func (c *LoadBalancerCluster) GetID() string { return c.ID }

// ClusterOccupancy has how many of one thing a cluster has and can have; nil is unknown.
type ClusterOccupancy struct {
	Count, Capacity *int
	// Usage is Count / Capacity; nil unless both are known and Capacity is positive.
	Usage *float64
}

// NewClusterOccupancy puts a count and its capacity together; never nil.
func NewClusterOccupancy(count, capacity *int) *ClusterOccupancy {
	occupancy := &ClusterOccupancy{Count: count, Capacity: capacity}
	if count != nil && capacity != nil && *capacity > 0 {
		usage := float64(*count) / float64(*capacity)
		occupancy.Usage = &usage
	}
	return occupancy
}
