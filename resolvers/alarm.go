package resolvers

import "github.com/opsgraph/opsgraph/graph/model"

// cloudServiceOf is the service that an alarm is about, in the alarm's region; nil when it names none.
func cloudServiceOf(alarm *model.Alarm) *model.CloudService {
	if alarm.Service == nil || alarm.RegionCode == nil {
		return nil
	}
	return model.NewCloudService(*alarm.RegionCode, *alarm.Service)
}
