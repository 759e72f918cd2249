/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Length of a bucket of `AlarmSummary.trend`. */
export type AlarmBucket =
  /** A day of 24 hours. */
  | 'DAY'
  /** An hour. */
  | 'HOUR'
  /** A minute. */
  | 'MINUTE';

/** What happened to an alarm. */
export type AlarmChangeKind =
  /** It was cleared; also one that was raised and cleared between two polls. */
  | 'CLEARED'
  /** Changes were missed: read `alarms` again. Changes behind this event follow. */
  | 'LAGGED'
  /** It passed the filter of the subscription and, since a change, no longer does. Never without a filter. */
  | 'LEFT'
  /** It is new, or active again. */
  | 'RAISED'
  /** Its severity, its occurrences, its acknowledgement or its texts changed. With a filter also an alarm that passes it from now on. */
  | 'UPDATED';

/** Which alarms. Each field narrows; a list matches any of its values. */
export type AlarmFilter = {
  /** Acknowledged ones or not. */
  acknowledged?: boolean | null | undefined;
  /** Cleared ones or active ones; an alarm whose state is not sent counts as active. */
  cleared?: boolean | null | undefined;
  /** Kinds of alarm (`alarm_id`). */
  definitionIds?: Array<string> | null | undefined;
  /**
   * Ids of devices (`Device.deviceId`) that the alarm was recognised to be about: see `Alarm.deviceMatch`. Costs the inventory (listDeviceAssets, 60
   * a minute) when no snapshot of it is held.
   */
  deviceIds?: Array<string> | null | undefined;
  /** Ids of hosts that the alarm was recognised to be about. */
  hostIds?: Array<string> | null | undefined;
  /** Span of the latest occurrence. */
  lastOccurred?: TimeRange | null | undefined;
  /** Text that the name contains, in any case. */
  nameContains?: string | null | undefined;
  /**
   * Alarms whose latest occurrence lies in this span, instead of those of the last 30 days: 31 days at most (windows.alarm_range_days), as
   * long ago as the upstream keeps them. Such a range is read by itself, in whole days (UTC): one call of each upstream list for each 1,000
   * alarms, of the 60 a minute, shared by queries of the same days. `node` finds alarms of the last 30 days only. Not for subscriptions.
   */
  range?: TimeRange | null | undefined;
  /** Region codes (`LogicalRegionId`). */
  regions?: Array<string> | null | undefined;
  /** Cloud services. */
  services?: Array<CloudServiceType> | null | undefined;
  /** Severities. */
  severities?: Array<AlarmSeverity> | null | undefined;
  /** Upstream lists. */
  sources?: Array<AlarmSource> | null | undefined;
  /**
   * Text that one of these contains, in any case: name, serial number (`csn`), object (`managedObject`, `managedElement.name`), place (`regionCode`,
   * `regionText`, `dataCenter`, `resourcePool`, `availabilityZone`) and additional information.
   */
  textContains?: string | null | undefined;
};

/** By what an alarm's host was recognised. The upstream gives no certain key; the first one that names exactly one host counts. */
export type AlarmHostMatch =
  /** An address in the object's names is the host's management address: likely. */
  | 'ADDRESS'
  /** The object's name is the host's name in the same region: a guess. */
  | 'NAME'
  /** A `sn=` in the additional information is the host's serial number: sure. */
  | 'SERIAL_NUMBER';

/** Order of alarms. */
export type AlarmOrder = {
  /** Direction; descending (latest, most severe) when left out. */
  direction?: OrderDirection;
  /** What to order by. */
  field: AlarmOrderField;
};

/** What alarms can be ordered by. Alarms without the value come last; equal ones follow their id. */
export type AlarmOrderField =
  /** First occurrence. */
  | 'FIRST_OCCURRED_AT'
  /** Latest occurrence. */
  | 'LAST_OCCURRED_AT'
  /** Alarm name. */
  | 'NAME'
  /** Severity; critical is the greatest. */
  | 'SEVERITY'
  /**
   * How urgent it is: active ones before cleared ones, then by severity, critical first and unknown ones last, then by the latest occurrence, newest
   * first and unknown ones last. Every alarm has it; ascending is the reverse.
   */
  | 'URGENCY';

/** Severity of an alarm (upstream 1 to 4; audit events count the other way round). */
export type AlarmSeverity =
  /** Upstream 1. */
  | 'CRITICAL'
  /** Upstream 2. */
  | 'MAJOR'
  /** Upstream 3. */
  | 'MINOR'
  /** Upstream 4. */
  | 'WARNING';

/** Which upstream list an alarm comes from. */
export type AlarmSource =
  /** Alarms of cloud services (listCloudServiceAlarms). */
  | 'CLOUD_SERVICE'
  /** Alarms of hardware devices (listDeviceAlarms). */
  | 'DEVICE';

/** How full a cell is: by the allocated share of its sums, `CapacitySum.allocation`, and the thresholds of the question. */
export type AllocationLevel =
  /** From `full` on. */
  | 'FULL'
  /** From `nearlyFull` on, and below `full`. */
  | 'NEARLY_FULL'
  /** Below `nearlyFull`. */
  | 'OK'
  /** The allocated share is not known: a figure is missing everywhere or negative, or nothing can be allocated. It is no level below the others. */
  | 'UNKNOWN';

/** What happened to capacity. */
export type CapacityChangeKind =
  /** Figures changed. */
  | 'CHANGED'
  /** Changes were missed: read the capacities again. Changes behind this event follow. */
  | 'LAGGED';

/** Unit of a row's quantities, by service and metric type. */
export type CapacityUnit =
  /** IP addresses. */
  | 'ADDRESSES'
  /** VPN connections. */
  | 'CONNECTIONS'
  /** Processor cores. */
  | 'CORES'
  /** VPN gateways. */
  | 'GATEWAYS'
  /** Hosts. */
  | 'HOSTS'
  /** Database instances. */
  | 'INSTANCES'
  /** Bare-metal servers. */
  | 'SERVERS'
  /** Terabytes; whether 10^12 or 2^40 bytes the upstream does not say. */
  | 'TERABYTES'
  /** Virtual machines. */
  | 'VMS';

/** State of the circuit that keeps calls from an operation which keeps failing. */
export type CircuitState =
  /** Calls go out. */
  | 'CLOSED'
  /** One call goes out to see whether the operation is well again. */
  | 'HALF_OPEN'
  /** Calls are refused at once, for some seconds. */
  | 'OPEN';

/** A kind of cloud service: the ten that listCloudServiceCapacity knows and those of listCloudResourceInstanceData. */
export type CloudServiceType =
  /** Bare Metal Server. Capacity and instances. */
  | 'BMS'
  /** Dedicated Computing Cluster. Capacity only. */
  | 'DCC'
  /** Distributed Cache Service. Instances only. */
  | 'DCS'
  /** Dedicated Host (upstream word `DeH`). Capacity only. */
  | 'DEH'
  /** Distributed Message Service. Instances only. */
  | 'DMS'
  /** Elastic Cloud Server: virtual machines. Capacity and instances (as ECS). */
  | 'ECS_VM'
  /** Elastic IP addresses. Capacity and instances. */
  | 'EIP'
  /** Elastic Load Balance. Instances only. */
  | 'ELB'
  /** Elastic Volume Service: disks. Capacity and instances. */
  | 'EVS'
  /** GaussDB. Instances only. */
  | 'GAUSS'
  /** ModelArts inference. Instances only. */
  | 'MODEL_ARTS_INF'
  /** ModelArts MaaS operations (upstream word `MODEL_ARTS_MAOS`). Instances only. */
  | 'MODEL_ARTS_MAOS'
  /** ModelArts training. Instances only. */
  | 'MODEL_ARTS_TRAIN'
  /** Object Storage Service. Capacity and instances. */
  | 'OBS'
  /** Relational Database Service. Capacity and instances. */
  | 'RDS'
  /** Scalable File Service. Capacity only. */
  | 'SFS'
  /** Virtual Private Network. Capacity and instances. */
  | 'VPN';

/** Which hosts. Each field narrows; a list matches any of its values. */
export type HostFilter = {
  /** Availability zone codes. */
  availabilityZones?: Array<string> | null | undefined;
  /** Cluster names. */
  clusters?: Array<string> | null | undefined;
  /** CPU architectures. */
  cpuArchitectures?: Array<string> | null | undefined;
  /** Host ids (`HOST_ID`). */
  hostIds?: Array<string> | null | undefined;
  /** Text that the name contains, in any case. */
  nameContains?: string | null | undefined;
  /** Rack codes (`RACK_CODE`), exactly. */
  racks?: Array<string> | null | undefined;
  /** Region codes. */
  regions?: Array<string> | null | undefined;
  /** Room codes (`ROOM_CODE`), exactly. */
  rooms?: Array<string> | null | undefined;
  /** Serial numbers (`SN`). */
  serialNumbers?: Array<string> | null | undefined;
  /**
   * Text that one of these contains, in any case: `name`, `hostId`, `serialNumber`, `cluster`, `pod`, `availabilityZone`, `dataCenter`, `room`,
   * `rack`, an address of `ipAddresses` or `macAddresses` as written there, or the model of a processor. A blank is part of the text.
   */
  textContains?: string | null | undefined;
};

/** Order of hosts. */
export type HostOrder = {
  /** Direction; ascending when left out. */
  direction?: OrderDirection;
  /** What to order by. */
  field: HostOrderField;
};

/** What hosts can be ordered by. Hosts without the value come last; equal ones follow their id. */
export type HostOrderField =
  /** Cluster name. */
  | 'CLUSTER'
  /** Memory in GiB. */
  | 'MEMORY'
  /** Host name. */
  | 'NAME'
  /** Rack code. */
  | 'RACK';

/** Figure by which hosts are ranked, as the server's management board has it. The documents show the first name; the others are those of Redfish boards, a guess. */
export type HostUtilizationMetric =
  /** Use of the processors, in `%` (`CPUUsagePercent`). */
  | 'CPU'
  /** Temperature of the air that comes in, in `°C` (`InletTemperatureCelsius`). */
  | 'INLET_TEMPERATURE'
  /** Use of the memory, in `%` (`MemoryUsagePercent`). */
  | 'MEMORY'
  /** Power that is drawn, in `W` (`PowerConsumedWatts`). */
  | 'POWER';

/** Direction of an order. */
export type OrderDirection =
  /** Smallest, earliest or first in the alphabet comes first. */
  | 'ASC'
  /** Largest, latest or last in the alphabet comes first. */
  | 'DESC';

/** How old the data of a snapshot are. */
export type SnapshotState =
  /** Too old to be answered: the next question waits for a call. */
  | 'DEAD'
  /** Answered as they are. */
  | 'FRESH'
  /** Answered while they are refreshed; once they are too old for that, only where no refresh comes in time, with the warning STALE_DATA. */
  | 'STALE';

/** A span of time: `from` and `to`, either of them open, or `last` alone, which ends now. */
export type TimeRange = {
  /** Start, included. Open when left out. */
  from?: string | null | undefined;
  /** Length of the span that ends now; not together with `from` or `to`. */
  last?: string | null | undefined;
  /** End, excluded. Now when left out. */
  to?: string | null | undefined;
};

/** An upstream system. */
export type UpstreamSystem =
  /** Billing of a partner's customers (BSS). */
  | 'BSS'
  /** Operational data of the site (ESM). */
  | 'ESM'
  /** Database reports (GaussDB). */
  | 'GAUSSDB'
  /** Tokens (IAM). */
  | 'IAM'
  /** Cloud desktop statistics (Workspace). */
  | 'WORKSPACE';

export type ConsoleKnockQueryVariables = Exact<{ [key: string]: never; }>;


export type ConsoleKnockQuery = { __typename: 'Query' };

export type PaletteQueryVariables = Exact<{
  text: string;
}>;


export type PaletteQuery = { hosts: { totalCount: number | null, nodes: Array<{ id: string, hostId: string, name: string | null, regionCode: string | null }> } | null, alarms: { nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null, devices: { nodes: Array<{ id: string, name: string | null, managementIp: string | null }> } | null };

export type ConsoleRegionsQueryVariables = Exact<{ [key: string]: never; }>;


export type ConsoleRegionsQuery = { regions: Array<{ id: string, code: string, name: string | null, nameEn: string | null }> | null };

export type AlarmsRowFragment = { id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null };

export type AlarmsListQueryVariables = Exact<{
  filter?: AlarmFilter | null | undefined;
  orderBy?: AlarmOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AlarmsListQuery = { alarms: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null }> } | null };

export type AlarmsHeadQueryVariables = Exact<{
  all?: AlarmFilter | null | undefined;
  critical?: AlarmFilter | null | undefined;
  major?: AlarmFilter | null | undefined;
  minor?: AlarmFilter | null | undefined;
  warning?: AlarmFilter | null | undefined;
  anywhere?: AlarmFilter | null | undefined;
  anything?: AlarmFilter | null | undefined;
}>;


export type AlarmsHeadQuery = { all: { totalCount: number | null } | null, critical: { totalCount: number | null } | null, major: { totalCount: number | null } | null, minor: { totalCount: number | null } | null, warning: { totalCount: number | null } | null, anywhere: { byRegion: Array<{ regionCode: string | null, total: number, active: number }> } | null, anything: { byService: Array<{ service: CloudServiceType | null, count: number }> } | null };

export type AlarmsRegionsQueryVariables = Exact<{ [key: string]: never; }>;


export type AlarmsRegionsQuery = { regions: Array<{ id: string, code: string, name: string | null, nameEn: string | null }> | null };

export type AlarmsSourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type AlarmsSourcesQuery = { service: { totalCount: number | null } | null, device: { totalCount: number | null } | null };

export type AlarmsTrendQueryVariables = Exact<{
  filter?: AlarmFilter | null | undefined;
  bucket: AlarmBucket;
  range?: TimeRange | null | undefined;
  offset: number;
}>;


export type AlarmsTrendQuery = { alarmSummary: { trend: { completeFrom: string | null, buckets: Array<{ from: string, to: string, raised: number, cleared: number, activeAtEnd: number | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null };

export type AlarmsChangesSubscriptionVariables = Exact<{
  filter?: AlarmFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type AlarmsChangesSubscription = { alarmChanges: { eventId: string, kind: AlarmChangeKind, missed: number | null, alarm: { id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null } | null } };

export type AlarmsDetailQueryVariables = Exact<{
  id: string | number;
}>;


export type AlarmsDetailQuery = { node:
    | { id: string, csn: string, source: AlarmSource, name: string | null, definitionId: string | null, severity: AlarmSeverity | null, severityText: string | null, eventType: string | null, managedObject: string | null, managedObjectClass: string | null, additionalInformation: string | null, firstOccurredAt: string | null, lastOccurredAt: string | null, occurrences: number | null, probableCause: string | null, regionCode: string | null, regionText: string | null, dataCenter: string | null, resourcePool: string | null, availabilityZone: string | null, tenant: string | null, cleared: boolean | null, acknowledged: boolean | null, mergeKey: string | null, product: string | null, affectedService: string | null, affectedServiceType: string | null, hostMatch: AlarmHostMatch | null, originSystem: { type: string | null, name: string | null } | null, managedElement: { name: string | null, dn: string | null, type: string | null, category: string | null, nativeDn: string | null } | null, region: { id: string, name: string | null, nameEn: string | null } | null, clearance: { at: string | null, by: string | null, type: string | null, category: string | null } | null, acknowledgement: { at: string | null, by: string | null } | null, cloudService: { type: CloudServiceType } | null, host: { id: string, hostId: string, name: string | null } | null }
    | Record<PropertyKey, never>
   | null };

export type AlarmsSameQueryVariables = Exact<{
  kind?: AlarmFilter | null | undefined;
  object?: AlarmFilter | null | undefined;
}>;


export type AlarmsSameQuery = { kind: { totalCount: number | null, nodes: Array<{ id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null }> } | null, object: { totalCount: number | null, nodes: Array<{ id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null }> } | null };

export type HostsQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
  orderBy?: HostOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type HostsQuery = { hosts: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, hostId: string, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, rack: string | null, memoryGib: number | null, cpuArchitecture: string | null }> } | null };

export type HostsRowFragment = { id: string, hostId: string, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, rack: string | null, memoryGib: number | null, cpuArchitecture: string | null };

export type HostsHeadQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
  inRegion?: HostFilter | null | undefined;
}>;


export type HostsHeadQuery = { chosen: { total: number, memoryGib: number, hostsWithoutMemory: number } | null, all: { total: number, byRegion: Array<{ value: string | null, count: number }> } | null, inRegion: { byCluster: Array<{ value: string | null, count: number }>, byCpuArchitecture: Array<{ value: string | null, count: number }> } | null };

export type HostsRankingQueryVariables = Exact<{
  metric: HostUtilizationMetric;
  filter?: HostFilter | null | undefined;
  first: number;
}>;


export type HostsRankingQuery = { busiestHosts: { ranked: number, leftOut: number, oldestObservedAt: string | null, hosts: Array<{ rank: number, host: { id: string, hostId: string, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, rack: string | null, memoryGib: number | null, cpuArchitecture: string | null } }> } | null };

export type HostsFiguresQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type HostsFiguresQuery = { cpu: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, memory: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, inlet: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, power: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null };

export type HostsFigureFragment = { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> };

export type HostsAlarmsQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type HostsAlarmsQuery = { hosts: { nodes: Array<{ hostId: string, alarms: { totalCount: number | null, nodes: Array<{ severity: AlarmSeverity | null }> } | null }> } | null };

export type HostsFileQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
  orderBy?: HostOrder | null | undefined;
}>;


export type HostsFileQuery = { hosts: { nodes: Array<{ hostId: string, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, dataCenter: string | null, room: string | null, rack: string | null, serialNumber: string | null, memoryGib: number | null, cpuArchitecture: string | null, manufacturer: string | null, kernel: string | null }> } | null };

export type OverviewAlarmsQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewAlarmsQuery = { cloud: { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null, device: { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null };

export type OverviewCountsFragment = { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> };

export type OverviewUrgentQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewUrgentQuery = { cloud: { totalCount: number | null, nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null, device: { totalCount: number | null, nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null };

export type OverviewAlarmListFragment = { totalCount: number | null, nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> };

export type OverviewHostsQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewHostsQuery = { regions: Array<{ id: string, code: string, name: string | null, nameEn: string | null }> | null, hostSummary: { total: number, memoryGib: number, hostsWithoutMemory: number, byRegion: Array<{ value: string | null, count: number }> } | null };

export type OverviewAllocationQueryVariables = Exact<{
  nearlyFull: number;
  full: number;
}>;


export type OverviewAllocationQuery = { allocationTable: { oldestObservedAt: string | null, counts: Array<{ level: AllocationLevel, count: number }>, cells: Array<{ type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, level: AllocationLevel, sum: { allocated: number | null, available: number | null, allocation: number | null } }> } | null };

export type OverviewTrendQueryVariables = Exact<{
  bucket: AlarmBucket;
  range: TimeRange;
  utcOffsetMinutes: number;
}>;


export type OverviewTrendQuery = { cloud: { trend: { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null, device: { trend: { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null };

export type OverviewBucketsFragment = { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> };

export type OverviewBusiestQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewBusiestQuery = { busiestHosts: { ranked: number, leftOut: number, oldestObservedAt: string | null, hosts: Array<{ rank: number, value: number, unit: string, observedAt: string, host: { id: string, hostId: string, name: string | null, regionCode: string | null } }> } | null };

export type OverviewQuotaQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuotaQuery = { upstream: { quotas: Array<{ name: string, limit: number, left: number, window: string, nextAt: string | null, waiting: number }> } };

export type OverviewAlarmChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OverviewAlarmChangesSubscription = { alarmChanges: { eventId: string, kind: AlarmChangeKind, missed: number | null } };

export type OverviewCapacityChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OverviewCapacityChangesSubscription = { capacityChanges: { eventId: string, kind: CapacityChangeKind, missed: number | null } };

export type UpstreamQueryVariables = Exact<{ [key: string]: never; }>;


export type UpstreamQuery = { upstream: { since: string, demo: boolean, quotas: Array<{ name: string, limit: number, window: string, left: number, effectiveLimit: number, nextAt: string | null, waiting: number, coordinated: boolean }>, operations: Array<{ system: UpstreamSystem, name: string, reads: boolean, configured: boolean, circuit: CircuitState, calls: number, failures: number, cacheHitRatio: number | null, cacheHits: number, cacheMisses: number, quota: { name: string } | null, latency: { window: string, calls: number, p50Ms: number, p90Ms: number, p99Ms: number, maxMs: number } | null }>, snapshots: Array<{ operation: string, parameters: unknown, records: number, fetchedAt: string, state: SnapshotState, freshFor: string, refreshing: boolean, lastError: string | null, lastTriedAt: string | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AlarmsRowFragmentDoc = new TypedDocumentString(`
    fragment AlarmsRow on Alarm {
  id
  csn
  source
  name
  severity
  severityText
  regionCode
  affectedService
  cloudService {
    type
  }
  managedObject
  managedElement {
    name
  }
  occurrences
  firstOccurredAt
  lastOccurredAt
  cleared
  acknowledged
}
    `, {"fragmentName":"AlarmsRow"}) as unknown as TypedDocumentString<AlarmsRowFragment, unknown>;
export const HostsRowFragmentDoc = new TypedDocumentString(`
    fragment HostsRow on Host {
  id
  hostId
  name
  regionCode
  availabilityZone
  cluster
  rack
  memoryGib
  cpuArchitecture
}
    `, {"fragmentName":"HostsRow"}) as unknown as TypedDocumentString<HostsRowFragment, unknown>;
export const HostsFigureFragmentDoc = new TypedDocumentString(`
    fragment HostsFigure on HostRanking {
  hosts {
    value
    observedAt
    host {
      hostId
    }
  }
}
    `, {"fragmentName":"HostsFigure"}) as unknown as TypedDocumentString<HostsFigureFragment, unknown>;
export const OverviewCountsFragmentDoc = new TypedDocumentString(`
    fragment OverviewCounts on AlarmSummary {
  total
  active
  bySeverity {
    severity
    count
  }
  byRegion {
    regionCode
    active
    bySeverity {
      severity
      count
    }
  }
}
    `, {"fragmentName":"OverviewCounts"}) as unknown as TypedDocumentString<OverviewCountsFragment, unknown>;
export const OverviewAlarmListFragmentDoc = new TypedDocumentString(`
    fragment OverviewAlarmList on AlarmConnection {
  totalCount
  nodes {
    id
    name
    severity
    lastOccurredAt
    regionCode
    managedElement {
      name
    }
  }
}
    `, {"fragmentName":"OverviewAlarmList"}) as unknown as TypedDocumentString<OverviewAlarmListFragment, unknown>;
export const OverviewBucketsFragmentDoc = new TypedDocumentString(`
    fragment OverviewBuckets on AlarmTrend {
  completeFrom
  clearedWithoutTime
  buckets {
    from
    to
    raised
    cleared
    bySeverity {
      severity
      count
    }
  }
}
    `, {"fragmentName":"OverviewBuckets"}) as unknown as TypedDocumentString<OverviewBucketsFragment, unknown>;
export const ConsoleKnockDocument = new TypedDocumentString(`
    query ConsoleKnock {
  __typename
}
    `) as unknown as TypedDocumentString<ConsoleKnockQuery, ConsoleKnockQueryVariables>;
export const PaletteDocument = new TypedDocumentString(`
    query Palette($text: String!) {
  hosts(first: 8, filter: {nameContains: $text}) {
    totalCount
    nodes {
      id
      hostId
      name
      regionCode
    }
  }
  alarms(
    first: 5
    filter: {nameContains: $text, cleared: false}
    orderBy: {field: URGENCY, direction: DESC}
  ) {
    nodes {
      id
      name
      severity
      regionCode
      managedElement {
        name
      }
    }
  }
  devices(first: 5, filter: {nameContains: $text}) {
    nodes {
      id
      name
      managementIp
    }
  }
}
    `) as unknown as TypedDocumentString<PaletteQuery, PaletteQueryVariables>;
export const ConsoleRegionsDocument = new TypedDocumentString(`
    query ConsoleRegions {
  regions {
    id
    code
    name
    nameEn
  }
}
    `) as unknown as TypedDocumentString<ConsoleRegionsQuery, ConsoleRegionsQueryVariables>;
export const AlarmsListDocument = new TypedDocumentString(`
    query AlarmsList($filter: AlarmFilter, $orderBy: AlarmOrder, $first: Int, $after: String) {
  alarms(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...AlarmsRow
    }
  }
}
    fragment AlarmsRow on Alarm {
  id
  csn
  source
  name
  severity
  severityText
  regionCode
  affectedService
  cloudService {
    type
  }
  managedObject
  managedElement {
    name
  }
  occurrences
  firstOccurredAt
  lastOccurredAt
  cleared
  acknowledged
}`) as unknown as TypedDocumentString<AlarmsListQuery, AlarmsListQueryVariables>;
export const AlarmsHeadDocument = new TypedDocumentString(`
    query AlarmsHead($all: AlarmFilter, $critical: AlarmFilter, $major: AlarmFilter, $minor: AlarmFilter, $warning: AlarmFilter, $anywhere: AlarmFilter, $anything: AlarmFilter) {
  all: alarms(filter: $all, first: 1) {
    totalCount
  }
  critical: alarms(filter: $critical, first: 1) {
    totalCount
  }
  major: alarms(filter: $major, first: 1) {
    totalCount
  }
  minor: alarms(filter: $minor, first: 1) {
    totalCount
  }
  warning: alarms(filter: $warning, first: 1) {
    totalCount
  }
  anywhere: alarmSummary(filter: $anywhere) {
    byRegion {
      regionCode
      total
      active
    }
  }
  anything: alarmSummary(filter: $anything) {
    byService {
      service
      count
    }
  }
}
    `) as unknown as TypedDocumentString<AlarmsHeadQuery, AlarmsHeadQueryVariables>;
export const AlarmsRegionsDocument = new TypedDocumentString(`
    query AlarmsRegions {
  regions {
    id
    code
    name
    nameEn
  }
}
    `) as unknown as TypedDocumentString<AlarmsRegionsQuery, AlarmsRegionsQueryVariables>;
export const AlarmsSourcesDocument = new TypedDocumentString(`
    query AlarmsSources {
  service: alarms(filter: {sources: [CLOUD_SERVICE]}, first: 1) {
    totalCount
  }
  device: alarms(filter: {sources: [DEVICE]}, first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<AlarmsSourcesQuery, AlarmsSourcesQueryVariables>;
export const AlarmsTrendDocument = new TypedDocumentString(`
    query AlarmsTrend($filter: AlarmFilter, $bucket: AlarmBucket!, $range: TimeRange, $offset: Int!) {
  alarmSummary(filter: $filter) {
    trend(bucket: $bucket, range: $range, utcOffsetMinutes: $offset) {
      completeFrom
      buckets {
        from
        to
        raised
        cleared
        activeAtEnd
        bySeverity {
          severity
          count
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AlarmsTrendQuery, AlarmsTrendQueryVariables>;
export const AlarmsChangesDocument = new TypedDocumentString(`
    subscription AlarmsChanges($filter: AlarmFilter, $after: String) {
  alarmChanges(filter: $filter, startAfter: $after) {
    eventId
    kind
    missed
    alarm {
      ...AlarmsRow
    }
  }
}
    fragment AlarmsRow on Alarm {
  id
  csn
  source
  name
  severity
  severityText
  regionCode
  affectedService
  cloudService {
    type
  }
  managedObject
  managedElement {
    name
  }
  occurrences
  firstOccurredAt
  lastOccurredAt
  cleared
  acknowledged
}`) as unknown as TypedDocumentString<AlarmsChangesSubscription, AlarmsChangesSubscriptionVariables>;
export const AlarmsDetailDocument = new TypedDocumentString(`
    query AlarmsDetail($id: ID!) {
  node(id: $id) {
    ... on Alarm {
      id
      csn
      source
      name
      definitionId
      severity
      severityText
      eventType
      originSystem {
        type
        name
      }
      managedObject
      managedObjectClass
      managedElement {
        name
        dn
        type
        category
        nativeDn
      }
      additionalInformation
      firstOccurredAt
      lastOccurredAt
      occurrences
      probableCause
      regionCode
      regionText
      region {
        id
        name
        nameEn
      }
      dataCenter
      resourcePool
      availabilityZone
      tenant
      cleared
      clearance {
        at
        by
        type
        category
      }
      acknowledged
      acknowledgement {
        at
        by
      }
      mergeKey
      product
      affectedService
      affectedServiceType
      cloudService {
        type
      }
      host {
        id
        hostId
        name
      }
      hostMatch
    }
  }
}
    `) as unknown as TypedDocumentString<AlarmsDetailQuery, AlarmsDetailQueryVariables>;
export const AlarmsSameDocument = new TypedDocumentString(`
    query AlarmsSame($kind: AlarmFilter, $object: AlarmFilter) {
  kind: alarms(filter: $kind, orderBy: {field: URGENCY}, first: 6) {
    totalCount
    nodes {
      ...AlarmsRow
    }
  }
  object: alarms(filter: $object, orderBy: {field: URGENCY}, first: 6) {
    totalCount
    nodes {
      ...AlarmsRow
    }
  }
}
    fragment AlarmsRow on Alarm {
  id
  csn
  source
  name
  severity
  severityText
  regionCode
  affectedService
  cloudService {
    type
  }
  managedObject
  managedElement {
    name
  }
  occurrences
  firstOccurredAt
  lastOccurredAt
  cleared
  acknowledged
}`) as unknown as TypedDocumentString<AlarmsSameQuery, AlarmsSameQueryVariables>;
export const HostsDocument = new TypedDocumentString(`
    query Hosts($filter: HostFilter, $orderBy: HostOrder, $first: Int, $after: String) {
  hosts(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...HostsRow
    }
  }
}
    fragment HostsRow on Host {
  id
  hostId
  name
  regionCode
  availabilityZone
  cluster
  rack
  memoryGib
  cpuArchitecture
}`) as unknown as TypedDocumentString<HostsQuery, HostsQueryVariables>;
export const HostsHeadDocument = new TypedDocumentString(`
    query HostsHead($filter: HostFilter, $inRegion: HostFilter) {
  chosen: hostSummary(filter: $filter) {
    total
    memoryGib
    hostsWithoutMemory
  }
  all: hostSummary {
    total
    byRegion {
      value
      count
    }
  }
  inRegion: hostSummary(filter: $inRegion) {
    byCluster(first: 100) {
      value
      count
    }
    byCpuArchitecture {
      value
      count
    }
  }
}
    `) as unknown as TypedDocumentString<HostsHeadQuery, HostsHeadQueryVariables>;
export const HostsRankingDocument = new TypedDocumentString(`
    query HostsRanking($metric: HostUtilizationMetric!, $filter: HostFilter, $first: Int!) {
  busiestHosts(metric: $metric, filter: $filter, first: $first) {
    ranked
    leftOut
    oldestObservedAt
    hosts {
      rank
      host {
        ...HostsRow
      }
    }
  }
}
    fragment HostsRow on Host {
  id
  hostId
  name
  regionCode
  availabilityZone
  cluster
  rack
  memoryGib
  cpuArchitecture
}`) as unknown as TypedDocumentString<HostsRankingQuery, HostsRankingQueryVariables>;
export const HostsFiguresDocument = new TypedDocumentString(`
    query HostsFigures($filter: HostFilter) {
  cpu: busiestHosts(metric: CPU, filter: $filter, first: 100) {
    ...HostsFigure
  }
  memory: busiestHosts(metric: MEMORY, filter: $filter, first: 100) {
    ...HostsFigure
  }
  inlet: busiestHosts(metric: INLET_TEMPERATURE, filter: $filter, first: 100) {
    ...HostsFigure
  }
  power: busiestHosts(metric: POWER, filter: $filter, first: 100) {
    ...HostsFigure
  }
}
    fragment HostsFigure on HostRanking {
  hosts {
    value
    observedAt
    host {
      hostId
    }
  }
}`) as unknown as TypedDocumentString<HostsFiguresQuery, HostsFiguresQueryVariables>;
export const HostsAlarmsDocument = new TypedDocumentString(`
    query HostsAlarms($filter: HostFilter) {
  hosts(filter: $filter, first: 100) {
    nodes {
      hostId
      alarms(
        filter: {cleared: false}
        orderBy: {field: URGENCY, direction: DESC}
        first: 1
      ) {
        totalCount
        nodes {
          severity
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<HostsAlarmsQuery, HostsAlarmsQueryVariables>;
export const HostsFileDocument = new TypedDocumentString(`
    query HostsFile($filter: HostFilter, $orderBy: HostOrder) {
  hosts(filter: $filter, orderBy: $orderBy) {
    nodes {
      hostId
      name
      regionCode
      availabilityZone
      cluster
      dataCenter
      room
      rack
      serialNumber
      memoryGib
      cpuArchitecture
      manufacturer
      kernel
    }
  }
}
    `) as unknown as TypedDocumentString<HostsFileQuery, HostsFileQueryVariables>;
export const OverviewAlarmsDocument = new TypedDocumentString(`
    query OverviewAlarms {
  cloud: alarmSummary(filter: {sources: [CLOUD_SERVICE]}) {
    ...OverviewCounts
  }
  device: alarmSummary(filter: {sources: [DEVICE]}) {
    ...OverviewCounts
  }
}
    fragment OverviewCounts on AlarmSummary {
  total
  active
  bySeverity {
    severity
    count
  }
  byRegion {
    regionCode
    active
    bySeverity {
      severity
      count
    }
  }
}`) as unknown as TypedDocumentString<OverviewAlarmsQuery, OverviewAlarmsQueryVariables>;
export const OverviewUrgentDocument = new TypedDocumentString(`
    query OverviewUrgent {
  cloud: alarms(
    first: 7
    filter: {sources: [CLOUD_SERVICE], cleared: false}
    orderBy: {field: URGENCY, direction: DESC}
  ) {
    ...OverviewAlarmList
  }
  device: alarms(
    first: 7
    filter: {sources: [DEVICE], cleared: false}
    orderBy: {field: URGENCY, direction: DESC}
  ) {
    ...OverviewAlarmList
  }
}
    fragment OverviewAlarmList on AlarmConnection {
  totalCount
  nodes {
    id
    name
    severity
    lastOccurredAt
    regionCode
    managedElement {
      name
    }
  }
}`) as unknown as TypedDocumentString<OverviewUrgentQuery, OverviewUrgentQueryVariables>;
export const OverviewHostsDocument = new TypedDocumentString(`
    query OverviewHosts {
  regions {
    id
    code
    name
    nameEn
  }
  hostSummary {
    total
    memoryGib
    hostsWithoutMemory
    byRegion {
      value
      count
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewHostsQuery, OverviewHostsQueryVariables>;
export const OverviewAllocationDocument = new TypedDocumentString(`
    query OverviewAllocation($nearlyFull: Float!, $full: Float!) {
  allocationTable(by: [REGION, TYPE], nearlyFull: $nearlyFull, full: $full) {
    oldestObservedAt
    counts {
      level
      count
    }
    cells {
      type
      unit
      regionCode
      level
      sum {
        allocated
        available
        allocation
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewAllocationQuery, OverviewAllocationQueryVariables>;
export const OverviewTrendDocument = new TypedDocumentString(`
    query OverviewTrend($bucket: AlarmBucket!, $range: TimeRange!, $utcOffsetMinutes: Int!) {
  cloud: alarmSummary(filter: {sources: [CLOUD_SERVICE]}) {
    trend(bucket: $bucket, range: $range, utcOffsetMinutes: $utcOffsetMinutes) {
      ...OverviewBuckets
    }
  }
  device: alarmSummary(filter: {sources: [DEVICE]}) {
    trend(bucket: $bucket, range: $range, utcOffsetMinutes: $utcOffsetMinutes) {
      ...OverviewBuckets
    }
  }
}
    fragment OverviewBuckets on AlarmTrend {
  completeFrom
  clearedWithoutTime
  buckets {
    from
    to
    raised
    cleared
    bySeverity {
      severity
      count
    }
  }
}`) as unknown as TypedDocumentString<OverviewTrendQuery, OverviewTrendQueryVariables>;
export const OverviewBusiestDocument = new TypedDocumentString(`
    query OverviewBusiest {
  busiestHosts(metric: CPU, by: LATEST, first: 7) {
    ranked
    leftOut
    oldestObservedAt
    hosts {
      rank
      value
      unit
      observedAt
      host {
        id
        hostId
        name
        regionCode
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewBusiestQuery, OverviewBusiestQueryVariables>;
export const OverviewQuotaDocument = new TypedDocumentString(`
    query OverviewQuota {
  upstream {
    quotas {
      name
      limit
      left
      window
      nextAt
      waiting
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewQuotaQuery, OverviewQuotaQueryVariables>;
export const OverviewAlarmChangesDocument = new TypedDocumentString(`
    subscription OverviewAlarmChanges($after: String) {
  alarmChanges(startAfter: $after) {
    eventId
    kind
    missed
  }
}
    `) as unknown as TypedDocumentString<OverviewAlarmChangesSubscription, OverviewAlarmChangesSubscriptionVariables>;
export const OverviewCapacityChangesDocument = new TypedDocumentString(`
    subscription OverviewCapacityChanges($after: String) {
  capacityChanges(startAfter: $after) {
    eventId
    kind
    missed
  }
}
    `) as unknown as TypedDocumentString<OverviewCapacityChangesSubscription, OverviewCapacityChangesSubscriptionVariables>;
export const UpstreamDocument = new TypedDocumentString(`
    query Upstream {
  upstream {
    since
    demo
    quotas {
      name
      limit
      window
      left
      effectiveLimit
      nextAt
      waiting
      coordinated
    }
    operations {
      system
      name
      reads
      configured
      circuit
      calls
      failures
      cacheHitRatio
      cacheHits
      cacheMisses
      quota {
        name
      }
      latency {
        window
        calls
        p50Ms
        p90Ms
        p99Ms
        maxMs
      }
    }
    snapshots {
      operation
      parameters
      records
      fetchedAt
      state
      freshFor
      refreshing
      lastError
      lastTriedAt
    }
  }
}
    `) as unknown as TypedDocumentString<UpstreamQuery, UpstreamQueryVariables>;