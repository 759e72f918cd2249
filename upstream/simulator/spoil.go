package simulator

import (
	"encoding/json"
	"slices"
)

// listKeys are the keys under which answers hold their rows.
func listKeys() []string { return []string{"list", "data", "resources"} }

// regionKeys are the keys of a row's region (QUIRKS 9).
func regionKeys() []string {
	return []string{
		"region", "region_id", "REGION_ID", "region_code", "LogicalRegionId", "resource_region",
		"region_name", "region_name_en", "resource_region_name",
	}
}

// spoil makes objects and lists of the scalars of every row but its regions; an answer without rows is itself the row.
func spoil(body []byte) []byte {
	var whole map[string]any
	if json.Unmarshal(body, &whole) != nil {
		return body
	}
	hit := false
	for _, key := range listKeys() {
		if list, ok := whole[key].([]any); ok {
			hit = true
			for _, row := range list {
				spoilRow(row)
			}
		}
	}
	if !hit {
		spoilRow(whole)
	}
	return encoded(whole)
}

// spoilRegion spoils the rows of one region as spoil does, or leaves them out.
func (s *Simulator) spoilRegion(body []byte, f *fault) []byte {
	var whole map[string]any
	if json.Unmarshal(body, &whole) != nil {
		return body
	}
	index, _ := s.site.region(f.Region) // known: check saw it
	region := &s.site.regions[index]
	for _, key := range listKeys() {
		list, ok := whole[key].([]any)
		if !ok {
			continue
		}
		kept := make([]any, 0, len(list))
		for _, row := range list {
			hit := rowOf(row, region)
			if hit && f.Kind == faultEmpty {
				continue
			}
			if hit {
				spoilRow(row)
			}
			kept = append(kept, row)
		}
		whole[key] = kept
	}
	return encoded(whole)
}

// rowOf reports whether any of the row's region keys names the region.
func rowOf(row any, region *region) bool {
	fields, ok := row.(map[string]any)
	if !ok {
		return false
	}
	return slices.ContainsFunc(regionKeys(), func(key string) bool {
		text, ok := fields[key].(string)
		return ok && region.called(text)
	})
}

// spoilRow replaces every scalar of the row but its regions, in turn by an object and a list.
func spoilRow(row any) {
	fields, ok := row.(map[string]any)
	if !ok {
		return
	}
	keep := regionKeys()
	for key, value := range fields {
		if slices.Contains(keep, key) {
			continue
		}
		if len(key)%2 == 0 {
			fields[key] = map[string]any{"value": value}
		} else {
			fields[key] = []any{value}
		}
	}
}
