package main

import (
	"errors"
	"fmt"

	bss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
)

// billing lists pay-per-use resources of a customer.
func (s *site) billing(token string) {
	client := bss.NewBssClient(s.client(bss.BssClientBuilder(), ofAccount(s.customer), token))
	list := func(
		language *string, r model.QueryCustomerOnDemandResourcesReq,
	) ([]model.CustomerOnDemandResource, int32, error) {
		r.CustomerId = s.customer
		answer, err := client.ListCustomerOnDemandResources(
			&model.ListCustomerOnDemandResourcesRequest{XLanguage: language, Body: &r})
		if err != nil {
			return nil, 0, err
		}
		rows := value(answer.Resources)
		for _, row := range rows {
			if value(row.CustomerId) != s.customer || value(row.ResourceId) == "" {
				return nil, 0, fmt.Errorf("a row of another, or without an id: %v", row)
			}
		}
		if len(rows) == 0 {
			return nil, 0, errors.New("no rows")
		}
		return rows, value(answer.TotalCount), nil
	}
	all, total, err := list(nil, model.QueryCustomerOnDemandResourcesReq{})
	fits("resources of a customer", err)
	if err != nil {
		return
	}
	page, _, err := list(nil, model.QueryCustomerOnDemandResourcesReq{Offset: new(int32(1)), Limit: new(int32(2))})
	if err == nil {
		err = want("rows of the page", len(page), 2)
	}
	fits("a page of resources", err)
	rows, _, err := list(nil, model.QueryCustomerOnDemandResourcesReq{ResourceIds: &[]string{*all[0].ResourceId}})
	if err == nil {
		err = errors.Join(want("rows", len(rows), 1), want("resource", *rows[0].ResourceId, *all[0].ResourceId))
	}
	fits("resources by their ids", err)
	rows, part, err := list(nil, model.QueryCustomerOnDemandResourcesReq{RegionCode: &s.region})
	if err == nil {
		err = errors.Join(want("region", value(rows[0].RegionCode), s.region), want("they are fewer", part < total, true))
	}
	fits("resources of a region", err)
	kind := value(all[0].ServiceTypeCode)
	rows, _, err = list(nil, model.QueryCustomerOnDemandResourcesReq{ServiceTypeCode: &kind})
	if err == nil {
		err = want("service", value(rows[len(rows)-1].ServiceTypeCode), kind)
	}
	fits("resources of a service", err)
	rows, _, err = list(new("zh_CN"), model.QueryCustomerOnDemandResourcesReq{Limit: new(int32(1))})
	if err == nil {
		err = want("the name is in another language", value(rows[0].ServiceTypeName) != value(all[0].ServiceTypeName), true)
	}
	fits("resources in Chinese", err)
	_, _, err = list(nil, model.QueryCustomerOnDemandResourcesReq{
		EffectiveTimeBegin: new("2000-01-01T00:00:00Z"), EffectiveTimeEnd: new(s.now.UTC().Format("2006-01-02T15:04:05Z")),
	})
	fits("resources by their time", err)
}
