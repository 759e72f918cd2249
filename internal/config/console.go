package config

import (
	"strings"
	"time"
	_ "time/tzdata" // zones have names on systems without a zone database, too
	"unicode"
	"unicode/utf8"
)

// Console is the page for the people who run a site.
type Console struct {
	Enabled    bool    `yaml:"enabled" env:"OPSGRAPH_CONSOLE_ENABLED" doc:"Serves the console at / and below its own paths; false leads from / to the playground, where there is one. See console.md."`
	SiteName   string  `yaml:"site_name" env:"OPSGRAPH_CONSOLE_SITE_NAME" doc:"Name of the site that the console shows, 64 characters at most."`
	TimeZone   string  `yaml:"time_zone" env:"OPSGRAPH_CONSOLE_TIME_ZONE" doc:"Zone in which the console tells times: a name of the zone database, such as Asia/Shanghai or UTC. Whoever looks can choose another one."`
	NearlyFull float64 `yaml:"nearly_full" env:"OPSGRAPH_CONSOLE_NEARLY_FULL" max:"1" doc:"Allocated part of a capacity from which the console calls it nearly full; console.full at most."`
	Full       float64 `yaml:"full" env:"OPSGRAPH_CONSOLE_FULL" max:"1" doc:"Allocated part of a capacity from which the console calls it full."`
	Language   string  `yaml:"language" env:"OPSGRAPH_CONSOLE_LANGUAGE" values:"auto zh en" doc:"Language of the console for those who chose none: auto is that of their browser. Whoever looks can choose another one."`
}

// longestSiteName bounds the name of a site, in characters: it stands in the corner of each page.
const longestSiteName = 64

func (c Config) checkConsole(faults *faults) {
	console := c.Console
	if utf8.RuneCountInString(console.SiteName) > longestSiteName {
		faults.add("console.site_name", "has %d characters, %d are the most", utf8.RuneCountInString(console.SiteName),
			longestSiteName)
	}
	if !utf8.ValidString(console.SiteName) || strings.ContainsFunc(console.SiteName, unicode.IsControl) {
		faults.add("console.site_name", "has characters that cannot be shown")
	}
	// The words that mean something to package time alone are no zones to a browser.
	if _, err := time.LoadLocation(console.TimeZone); err != nil || console.TimeZone == "" || console.TimeZone == "Local" {
		faults.add("console.time_zone", "%q is no name of the zone database, such as Asia/Shanghai", console.TimeZone)
	}
	if !(console.NearlyFull <= console.Full) { // also where one is no number
		faults.add("console.nearly_full", "%v is more than console.full, %v", console.NearlyFull, console.Full)
	}
}
