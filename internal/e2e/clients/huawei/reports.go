package main

import (
	"errors"
	"net/http"
	"time"

	gauss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/gaussdbforopengauss/v3"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/gaussdbforopengauss/v3/model"
)

// reports collects ASP reports and lists them.
func (s *site) reports(token string) {
	client := gauss.NewGaussDBforopenGaussClient(
		s.client(gauss.GaussDBforopenGaussClientBuilder(), s.ofProject(), token))
	const layout = "2006-01-02T15:04:05-0700"
	beijing := time.FixedZone("UTC+8", 8*60*60)
	begin := s.now.Add(-2 * time.Hour).In(beijing).Format(layout)
	end := s.now.Add(-time.Hour).In(beijing).Format(layout)
	collect := func(database string, language *model.CollectAspRequestXLanguage) (string, error) {
		answer, err := client.CollectAsp(&model.CollectAspRequest{
			InstanceId: database, XLanguage: language,
			Body: &model.CollectAspRequestBody{StartTime: begin, EndTime: end},
		})
		if err != nil {
			return "", err
		}
		if value(answer.JobId) == "" {
			return "", errors.New("no job id")
		}
		return *answer.JobId, nil
	}
	first, err := collect(s.database, nil)
	fits("collect a report", err)
	second, err := collect(s.database, new(model.GetCollectAspRequestXLanguageEnum().ZH_CN))
	fits("collect a report, in Chinese", err)
	_, err = collect("00000000000000000000000000000000in14", nil)
	fits("collect a report of no database", wantRefusal(err, http.StatusNotFound, "DBS.200015"))

	one := func() (*model.ListAspResult, error) {
		answer, err := client.ListAspInfos(&model.ListAspInfosRequest{InstanceId: s.database, JobId: &first})
		if err != nil {
			return nil, err
		}
		if found := value(answer.Asp); len(found) == 1 && value(answer.TotalCount) == 1 && found[0].JobId == first {
			return &found[0], nil
		}
		return nil, errors.New("the list does not have the one report")
	}
	running, err := one()
	if err == nil {
		err = want("status", running.Status, model.GetListAspResultStatusEnum().EXPORTING)
	}
	fits("a report that is being collected", err)
	s.skip(time.Minute)
	ended, err := one()
	if err == nil {
		err = errors.Join(want("status", ended.Status, model.GetListAspResultStatusEnum().SUCCESS),
			want("size is there", value(ended.FileSize) > 0, true),
			want("link is there", value(ended.DownloadUrl) != "", true), sameTime(ended.StartTime, begin, layout))
	}
	fits("a report that is there", err)
	page, err := client.ListAspInfos(&model.ListAspInfosRequest{
		InstanceId: s.database, Offset: new(int32(1)), Limit: new(int32(1)),
	})
	if err == nil {
		list := value(page.Asp)
		err = want("reports in all", value(page.TotalCount), 2)
		if len(list) != 1 || list[0].JobId != second {
			err = errors.Join(err, errors.New("the second page does not have the second report"))
		}
	}
	fits("a page of reports", err)
	status, err := client.ShowAspStatus(&model.ShowAspStatusRequest{InstanceId: s.database})
	if err == nil {
		words := model.GetShowAspStatusResponseStatusEnum()
		got := value(status.Status)
		err = want("status is ON or OFF", got == words.ON || got == words.OFF, true)
	}
	fits("whether sessions are recorded", err)
}

func sameTime(got, want, layout string) error {
	a, err := time.Parse(layout, got)
	if err != nil {
		return err
	}
	b, err := time.Parse(layout, want)
	if err == nil && !a.Equal(b) {
		err = errors.New("start is " + got + ", want " + want)
	}
	return err
}
