package main

import (
	"errors"
	"net/http"
	"time"

	workspace "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/model"
)

// exports starts exports, follows them and reads a file.
func (s *site) exports(token string) {
	client := workspace.NewWorkspaceClient(s.client(workspace.WorkspaceClientBuilder(), s.ofProject(), token))
	begin := s.now.AddDate(0, 0, -7).UTC().Format("2006-01-02T15:04:05Z")
	end := s.now.UTC().Format("2006-01-02T15:04:05Z")
	id := func(task *string, err error) (string, error) {
		if err == nil && value(task) == "" {
			err = errors.New("no task id")
		}
		return value(task), err
	}
	users := func(r model.ExportUserUsageMetricNewRequest) (string, error) {
		r.StartTime, r.EndTime = begin, end
		answer, err := client.ExportUserUsageMetricNew(&r)
		if err != nil {
			return "", err
		}
		return id(answer.TaskId, nil)
	}
	desktops := func(r model.ExportDesktopUsageMetricNewRequest) (string, error) {
		r.StartTime, r.EndTime = begin, end
		answer, err := client.ExportDesktopUsageMetricNew(&r)
		if err != nil {
			return "", err
		}
		return id(answer.TaskId, nil)
	}
	first, err := users(model.ExportUserUsageMetricNewRequest{})
	fits("export users", err)
	_, err = users(model.ExportUserUsageMetricNewRequest{
		Username: new("lee"), UsageMinHours: new(int32(1)), UsageMaxHours: new(int32(9)),
		EnterpriseProjectId: new("0"), SortField: new("user_usage"), SortType: new("ASC"),
	})
	fits("export users, with every parameter", err)
	_, err = desktops(model.ExportDesktopUsageMetricNewRequest{})
	fits("export desktops", err)
	broken, err := desktops(model.ExportDesktopUsageMetricNewRequest{
		ResourceName: new("fail-1"), MinIdleDays: new(int32(1)), MaxIdleDays: new(int32(9)),
		UsageMinHours: new(int32(1)), UsageMaxHours: new(int32(9)), EnterpriseProjectId: new("0"),
		SortField: new("desktop_idle_duration"), SortType: new("DESC"),
	})
	fits("export desktops, with every parameter", err)

	states := model.GetExportTaskItemStatusEnum()
	one := func(task string) (model.ExportTaskItem, error) {
		answer, err := client.ListExportTasks(&model.ListExportTasksRequest{TaskId: &task})
		if err != nil {
			return model.ExportTaskItem{}, err
		}
		if list := value(answer.ExportTasks); len(list) == 1 && value(list[0].TaskId) == task {
			return list[0], nil
		}
		return model.ExportTaskItem{}, errors.New("the list does not have the one task")
	}
	running, err := one(first)
	fits("an export that runs", errors.Join(err, want("status", value(running.Status), states.CREATING)))
	_, err = client.DownloadExportFile(&model.DownloadExportFileRequest{TaskId: first})
	fits("the file of an export that runs", wantRefusal(err, http.StatusNotFound, "WKS.00010005"))
	s.skip(time.Minute)
	ended, err := one(first)
	fits("an export that is there", errors.Join(err, want("status", value(ended.Status), states.SUCCESS),
		want("it has an end", value(ended.EndTime) != "", true), want("it has a file", value(ended.FileName) != "", true)))
	failure, err := one(broken)
	fits("an export that failed", errors.Join(err, want("status", value(failure.Status), states.FAIL),
		want("it has a reason", value(failure.FailReason) != "" && value(failure.ErrorCode) != "", true)))
	_, err = client.DownloadExportFile(&model.DownloadExportFileRequest{TaskId: first})
	// The SDK has no place for a file and takes every body for JSON: all that it can report is the 200.
	fits("the file of an export", wantRefusal(err, http.StatusOK, ""))
	page, err := client.ListExportTasks(&model.ListExportTasksRequest{
		Status: new(model.GetListExportTasksRequestStatusEnum().SUCCESS), IsDownload: new(false),
		SortField: new(model.GetListExportTasksRequestSortFieldEnum().CREATE_TIME),
		SortType:  new(model.GetListExportTasksRequestSortTypeEnum().DESC), Offset: new(int32(0)), Limit: new(int32(1)),
	})
	if err == nil {
		err = errors.Join(want("tasks on the page", len(value(page.ExportTasks)), 1),
			want("tasks in all", value(page.Count), 2)) // not the failed one, nor the one that was read
	}
	fits("a page of exports", err)
}
