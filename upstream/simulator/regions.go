package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// region is one region of the generated site.
type region struct {
	code, name, nameEn string
	zones              []zone
	hosts              []int // indexes into site.hosts
	devices            []int // indexes into site.devices
}

// zone is one availability zone.
type zone struct{ code, name, nameEn string }

// place is where a region may lie.
type place struct{ direction, directionZh, directionEn, cityZh, cityEn string }

// places lists the places of the regions, in their order.
func places() []place {
	return []place{
		{"north", "华北", "North", "廊坊", "Langfang"},
		{"east", "华东", "East", "上海", "Shanghai"},
		{"south", "华南", "South", "广州", "Guangzhou"},
		{"southwest", "西南", "Southwest", "贵阳", "Guiyang"},
		{"northwest", "西北", "Northwest", "西安", "Xian"},
		{"central", "华中", "Central", "武汉", "Wuhan"},
		{"north", "华北", "North", "乌兰察布", "Ulanqab"},
		{"east", "华东", "East", "杭州", "Hangzhou"},
		{"south", "华南", "South", "深圳", "Shenzhen"},
		{"southwest", "西南", "Southwest", "成都", "Chengdu"},
	}
}

// newRegions draws n regions in code order. The region cn-north-7 of the reference's examples is always among them.
func newRegions(seed uint64, n int) []region {
	d := roll(seed, "regions")
	all := places()
	taken := map[string]bool{}
	list := make([]region, 0, n)
	for i := range n {
		p := all[i%len(all)]
		number := 7
		if i > 0 {
			number = drawNumber(d, taken, p.direction)
		}
		code := fmt.Sprintf("cn-%s-%d", p.direction, number)
		taken[code] = true
		list = append(list, region{
			code:   code,
			name:   fmt.Sprintf("%s-%s%d", p.directionZh, p.cityZh, number),
			nameEn: fmt.Sprintf("CN %s-%s%d", p.directionEn, p.cityEn, number),
		})
	}
	slices.SortFunc(list, func(a, b region) int { return cmp.Compare(a.code, b.code) })
	for i := range list {
		list[i].zones = newZones(d, &list[i])
	}
	return list
}

// drawNumber finds a number that makes the region's code new: mostly one digit, else three.
func drawNumber(d dice, taken map[string]bool, direction string) int {
	for {
		number := d.between(1, 9)
		if d.oneIn(3) {
			number = d.between(201, 299)
		}
		if !taken[fmt.Sprintf("cn-%s-%d", direction, number)] {
			return number
		}
	}
}

func newZones(d dice, r *region) []zone {
	zones := make([]zone, d.between(1, 3))
	for i := range zones {
		zones[i] = zone{
			code:   r.code + string(rune('a'+i)),
			name:   fmt.Sprintf("%s-可用区%d", r.name, i+1),
			nameEn: fmt.Sprintf("%s-AZ%d", r.nameEn, i+1),
		}
	}
	return zones
}

// tag is the region's code as some systems write it, such as CN_NORTH_7.
func (r *region) tag() string { return strings.ToUpper(strings.ReplaceAll(r.code, "-", "_")) }

// called reports whether text is the code or one of the names of the region.
func (r *region) called(text string) bool {
	return text == r.code || text == r.name || text == r.nameEn
}
