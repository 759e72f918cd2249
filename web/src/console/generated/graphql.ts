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

/** What the cells of an allocation table can be about. */
export type AllocationDimension =
  /** Model (`metricType`), in name order; rows that name none last. */
  | 'METRIC_TYPE'
  /** Region, in code order; rows that name none last. */
  | 'REGION'
  /** Kind of service, in the order of `CloudServiceType`. */
  | 'TYPE'
  /** Zone, in name order; rows that name none, or an unknown one, last. */
  | 'ZONE';

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

/** Which way the allocation of a cell goes. */
export type CapacityOutlook =
  /** It grows, and is full within 365 days. */
  | 'GROWING'
  /**
   * The total (allocated + available) changed by more than 5 % from one day to the next, and stayed so: neither went back within three days, nor had it
   * come from there within the three days before. Only the days after the latest such change count; while they are fewer than 7, `perDay` and
   * the days until full are null.
   */
  | 'RESIZED'
  /** It shrinks, and is empty within 365 days. */
  | 'SHRINKING'
  /** It neither grows nor shrinks, or so slowly that it is not full, and not empty, within 365 days. The figures are given all the same. */
  | 'STEADY'
  /** Fewer than 7 days are known: `perDay` and the days until full are null. */
  | 'TOO_LITTLE_HISTORY';

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

/** Zone that a capacity row is about. */
export type CapacityZone =
  /** Management zone (`manage`, `MANAGE`). */
  | 'MANAGE'
  /** Tenant zone (`pod`, `POD`, `KVM_POD` and the `<SERVICE>_POD` words). */
  | 'POD';

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

/** Which database instance, and which time. */
export type CollectAspReportInput = {
  /** Start, whole seconds, within the two days before the command. */
  from: string;
  /**
   * Key of the client's choice: a repeated command of the same tenant with the same key and input within a day gives the job that the first one
   * started, instead of a second one, also when the first one's caller left before it had ended. A command that was certainly not carried out
   * leaves the key free. When it is not known whether the first one started a job (a time-out, an answer that can't be read), the repeated one
   * does not start another: it fails and says so; a new key starts anew.
   */
  idempotencyKey?: string | null | undefined;
  /** Id of the database instance, 36 letters and digits. */
  instanceId: string;
  /** Project id of the database instance, 32 letters and digits; the project of the gateway's own token when left out. */
  projectId?: string | null | undefined;
  /** End, whole seconds, after `from` and not after the command. */
  to: string;
};

/** Whose usage records, of which site, region and days. */
export type CreateMeterJobInput = {
  /** Tenant (account) id; the configured HCSO domain id when left out. */
  domainId?: string | null | undefined;
  /** First day of records, included. */
  from?: string | null | undefined;
  /** HCSO site id; all sites when left out. */
  hcsoId?: string | null | undefined;
  /**
   * Key of the client's choice: a repeated command of the same tenant with the same key and input within a day gives the job that the first one
   * started, instead of a second one, also when the first one's caller left before it had ended. A command that was certainly not carried out
   * leaves the key free. When it is not known whether the first one started a job (a time-out, an answer that can't be read), the repeated one
   * does not start another: it fails and says so; a new key starts anew.
   */
  idempotencyKey?: string | null | undefined;
  /** Region code; all regions when left out. */
  regionId?: string | null | undefined;
  /** Last day of records, included (turned into the upstream's exclusive end). */
  to?: string | null | undefined;
};

/** Order of exported desktops. */
export type DesktopUsageOrder = {
  /** Direction; descending when left out. */
  direction?: OrderDirection;
  /** What to order by. */
  field: DesktopUsageOrderField;
};

/** What exported desktops can be ordered by. */
export type DesktopUsageOrderField =
  /** Idle time of each desktop (upstream `desktop_idle_duration`). */
  | 'DESKTOP_IDLE_DURATION'
  /** Usage of each desktop (upstream `desktop_usage`). */
  | 'DESKTOP_USAGE';

/** Kind of physical pool. */
export type DeviceType =
  /** Compute pool (upstream `ECS`). */
  | 'COMPUTE'
  /** Storage pool (upstream `EVS`). */
  | 'STORAGE';

/** Which desktops' usage, of which time. */
export type ExportDesktopUsageInput = {
  /** Desktop id, exactly; later editions only. */
  desktopId?: string | null | undefined;
  /** Text in the desktop name (fuzzy match, done by the upstream). */
  desktopName?: string | null | undefined;
  /** Enterprise project id. */
  enterpriseProjectId?: string | null | undefined;
  /**
   * Start, whole seconds, within the last 180 days. The upstream sums up a day at 02:00 of the next one: a window shorter than a day, or one of
   * today, may give no data.
   */
  from: string;
  /**
   * Key of the client's choice: a repeated command of the same tenant with the same key and input within a day gives the job that the first one
   * started, instead of a second one, also when the first one's caller left before it had ended. A command that was certainly not carried out
   * leaves the key free. When it is not known whether the first one started a job (a time-out, an answer that can't be read), the repeated one
   * does not start another: it fails and says so; a new key starts anew.
   */
  idempotencyKey?: string | null | undefined;
  /** Greatest number of idle days; not below `minIdleDays`. */
  maxIdleDays?: number | null | undefined;
  /** Greatest usage in hours; not below `minUsageHours`. */
  maxUsageHours?: number | null | undefined;
  /** Least number of idle days. */
  minIdleDays?: number | null | undefined;
  /** Least usage in hours. */
  minUsageHours?: number | null | undefined;
  /** Order of the exported rows; the upstream's own when left out. */
  orderBy?: DesktopUsageOrder | null | undefined;
  /** Project id; the project of the gateway's own token when left out. */
  projectId?: string | null | undefined;
  /** End, whole seconds, after `from`. */
  to: string;
};

/** Which users' usage, of which time. */
export type ExportUserUsageInput = {
  /** Enterprise project id. */
  enterpriseProjectId?: string | null | undefined;
  /**
   * Start, whole seconds, at most 30 days before the command and at most 30 days before `to`: the document's "a maximum of 30 days" can mean
   * either, so both are held.
   */
  from: string;
  /**
   * Key of the client's choice: a repeated command of the same tenant with the same key and input within a day gives the job that the first one
   * started, instead of a second one, also when the first one's caller left before it had ended. A command that was certainly not carried out
   * leaves the key free. When it is not known whether the first one started a job (a time-out, an answer that can't be read), the repeated one
   * does not start another: it fails and says so; a new key starts anew.
   */
  idempotencyKey?: string | null | undefined;
  /** Greatest usage in hours; not below `minUsageHours`. */
  maxUsageHours?: number | null | undefined;
  /** Least usage in hours. */
  minUsageHours?: number | null | undefined;
  /** Order of the exported rows; the upstream's own when left out. */
  orderBy?: UserUsageOrder | null | undefined;
  /** Project id; the project of the gateway's own token when left out. */
  projectId?: string | null | undefined;
  /** End, whole seconds, after `from`. */
  to: string;
  /** Text in the user name (fuzzy match, done by the upstream). */
  username?: string | null | undefined;
};

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

/** What kind of work a job is. */
export type JobKind =
  /** The collection of a database report (collectAspReport): an `AspReportJob`. */
  | 'ASP_REPORT'
  /** A query for usage records (createMeterJob): a `MeterJob`. */
  | 'METER'
  /** An export of cloud desktop statistics (exportUserUsage, exportDesktopUsage): a `UsageExportJob`. */
  | 'USAGE_EXPORT';

/** State of a job. */
export type JobStatus =
  /** Done, and its result is no longer kept (usage exports, upstream `EXPIRED`). */
  | 'EXPIRED'
  /** Failed (upstream `failure`). */
  | 'FAILED'
  /** Waiting to run (upstream `pending`). */
  | 'PENDING'
  /** Running (upstream `running`). */
  | 'RUNNING'
  /** Done (upstream `success`). */
  | 'SUCCEEDED'
  /** Anything else, or a job whose state the upstream does not tell. */
  | 'UNKNOWN';

/** Kind of a job's event. */
export type MeterJobEventKind =
  /** Earlier states were missed; the event has the present one. */
  | 'LAGGED'
  /** The job's state, at the beginning and after each change. */
  | 'STATE';

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

/** What a usage export is about. */
export type UsageExportKind =
  /** Usage of each desktop (exportDesktopUsageStatistics). */
  | 'DESKTOPS'
  /** Usage of each user (exportUserUsageStatistics). */
  | 'USERS';

/** Order of exported users. */
export type UserUsageOrder = {
  /** Direction; descending when left out. */
  direction?: OrderDirection;
  /** What to order by. */
  field: UserUsageOrderField;
};

/** What exported users can be ordered by. */
export type UserUsageOrderField =
  /** Usage of each user (upstream `user_usage`). */
  | 'USER_USAGE';

export type ConsoleKnockQueryVariables = Exact<{ [key: string]: never; }>;


export type ConsoleKnockQuery = { __typename: 'Query' };

export type PaletteQueryVariables = Exact<{
  text: string;
}>;


export type PaletteQuery = { hosts: { totalCount: number | null, nodes: Array<{ id: string, hostId: string, name: string | null, regionCode: string | null }> } | null, alarms: { nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null, devices: { nodes: Array<{ id: string, deviceId: string, name: string | null, managementIp: string | null }> } | null };

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

export type AlarmsSourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type AlarmsSourcesQuery = { service: { totalCount: number | null } | null, device: { totalCount: number | null } | null };

export type AlarmsTrendQueryVariables = Exact<{
  filter?: AlarmFilter | null | undefined;
  bucket: AlarmBucket;
  range?: TimeRange | null | undefined;
  offset: number;
}>;


export type AlarmsTrendQuery = { alarmSummary: { trend: { completeFrom: string | null, buckets: Array<{ from: string, to: string, raised: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null };

export type AlarmsChangesSubscriptionVariables = Exact<{
  filter?: AlarmFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type AlarmsChangesSubscription = { alarmChanges: { eventId: string, kind: AlarmChangeKind, missed: number | null, alarm: { id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null } | null } };

export type AlarmsDetailQueryVariables = Exact<{
  id: string | number;
}>;


export type AlarmsDetailQuery = { node:
    | { id: string, csn: string, source: AlarmSource, name: string | null, definitionId: string | null, severity: AlarmSeverity | null, severityText: string | null, eventType: string | null, managedObject: string | null, managedObjectClass: string | null, additionalInformation: string | null, firstOccurredAt: string | null, lastOccurredAt: string | null, occurrences: number | null, probableCause: string | null, regionCode: string | null, regionText: string | null, dataCenter: string | null, resourcePool: string | null, availabilityZone: string | null, tenant: string | null, cleared: boolean | null, acknowledged: boolean | null, mergeKey: string | null, product: string | null, affectedService: string | null, affectedServiceType: string | null, hostMatch: AlarmHostMatch | null, originSystem: { type: string | null, name: string | null } | null, managedElement: { name: string | null, dn: string | null, type: string | null, category: string | null, nativeDn: string | null } | null, clearance: { at: string | null, by: string | null, type: string | null, category: string | null } | null, acknowledgement: { at: string | null, by: string | null } | null, cloudService: { type: CloudServiceType } | null, host: { id: string, hostId: string, name: string | null } | null }
    | Record<PropertyKey, never>
   | null };

export type AlarmsSameQueryVariables = Exact<{
  kind?: AlarmFilter | null | undefined;
  withKind: boolean;
  object?: AlarmFilter | null | undefined;
  withObject: boolean;
}>;


export type AlarmsSameQuery = { kind?: { totalCount: number | null, nodes: Array<{ id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null }> } | null, object?: { totalCount: number | null, nodes: Array<{ id: string, csn: string, source: AlarmSource, name: string | null, severity: AlarmSeverity | null, severityText: string | null, regionCode: string | null, affectedService: string | null, managedObject: string | null, occurrences: number | null, firstOccurredAt: string | null, lastOccurredAt: string | null, cleared: boolean | null, acknowledged: boolean | null, cloudService: { type: CloudServiceType } | null, managedElement: { name: string | null } | null }> } | null };

export type CapacityTableQueryVariables = Exact<{
  by: Array<AllocationDimension> | AllocationDimension;
  sums: Array<AllocationDimension> | AllocationDimension;
  types?: Array<CloudServiceType> | CloudServiceType | null | undefined;
  regions?: Array<string> | string | null | undefined;
  zones?: Array<CapacityZone> | CapacityZone | null | undefined;
  nearlyFull: number;
  full: number;
}>;


export type CapacityTableQuery = { table: { oldestObservedAt: string | null, cells: Array<{ type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, zone: CapacityZone | null, metricType: string | null, level: AllocationLevel, region: { code: string, name: string | null, nameEn: string | null } | null, sum: { allocated: number | null, available: number | null, allocation: number | null, total: number | null, used: number | null, free: number | null, rows: number, rowsLeftOut: number, oldestObservedAt: string | null } }> } | null, sums: { cells: Array<{ type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, zone: CapacityZone | null, metricType: string | null, level: AllocationLevel, region: { code: string, name: string | null, nameEn: string | null } | null, sum: { allocated: number | null, available: number | null, allocation: number | null, total: number | null, used: number | null, free: number | null, rows: number, rowsLeftOut: number, oldestObservedAt: string | null } }> } | null };

export type CapacityCellFragment = { type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, zone: CapacityZone | null, metricType: string | null, level: AllocationLevel, region: { code: string, name: string | null, nameEn: string | null } | null, sum: { allocated: number | null, available: number | null, allocation: number | null, total: number | null, used: number | null, free: number | null, rows: number, rowsLeftOut: number, oldestObservedAt: string | null } };

export type CapacityForecastQueryVariables = Exact<{
  by: Array<AllocationDimension> | AllocationDimension;
  types?: Array<CloudServiceType> | CloudServiceType | null | undefined;
  regions?: Array<string> | string | null | undefined;
  zones?: Array<CapacityZone> | CapacityZone | null | undefined;
}>;


export type CapacityForecastQuery = { table: { cells: Array<{ type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, zone: CapacityZone | null, metricType: string | null, forecast: { outlook: CapacityOutlook, fullInDays: number | null, fullInDaysFrom: number | null, fullInDaysTo: number | null, perDay: number | null, days: number, from: string, to: string, points: Array<{ at: string, value: number }> } | null }> } | null };

export type CapacityRowsQueryVariables = Exact<{
  types?: Array<CloudServiceType> | CloudServiceType | null | undefined;
  regions?: Array<string> | string | null | undefined;
  zones?: Array<CapacityZone> | CapacityZone | null | undefined;
}>;


export type CapacityRowsQuery = { cloudServices: Array<{ id: string, type: CloudServiceType, regionCode: string, capacity: Array<{ zone: CapacityZone | null, zoneText: string | null, metricType: string | null, metricTypeText: string | null, unit: CapacityUnit | null, total: number | null, used: number | null, free: number | null, allocated: number | null, available: number | null, allocation: number | null, observedAt: string | null }> | null }> | null };

export type HostPageQueryVariables = Exact<{
  id: string;
  range?: TimeRange | null | undefined;
  boards?: TimeRange | null | undefined;
  points: number;
  short: boolean;
}>;


export type HostPageQuery = { host: { id: string, hostId: string, serialNumber: string | null, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, pod: string | null, dataCenter: string | null, room: string | null, rack: string | null, manufacturer: string | null, kernel: string | null, cpuArchitecture: string | null, memoryGib: number | null, raid: string | null, networkAdapter: string | null, ipAddresses: Array<string>, processors: Array<{ model: string | null, sockets: number | null, cores: number | null }> | null, memoryModules: Array<{ sizeGib: number | null }> | null, disks: Array<{ device: string, sizeGb: number | null }> | null, serverPosition: { model: string | null, usage: string | null, slot: number | null, rack: string | null } | null, virtualMachines: { totalCount: number | null, nodes: Array<{ id: string, vmId: string | null, name: string | null, vcpus: number | null, operatingSystem: string | null }> } | null, alarms: { totalCount: number | null, nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, cleared: boolean | null, lastOccurredAt: string | null }> } | null, metrics?: Array<{ key: string, unit: string | null, count: number, avg: number | null, max: number | null, last: number | null, lastAt: string | null, truncated: boolean, points: Array<{ at: string, value: number }> }> | null, performance: Array<{ key: string, unit: string | null, count: number, avg: number | null, max: number | null, last: number | null, lastAt: string | null, truncated: boolean, points: Array<{ at: string, value: number }> }> | null } | null };

export type HostSeriesFragment = { key: string, unit: string | null, count: number, avg: number | null, max: number | null, last: number | null, lastAt: string | null, truncated: boolean, points: Array<{ at: string, value: number }> };

export type HostNeighboursQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type HostNeighboursQuery = { hosts: { totalCount: number | null, nodes: Array<{ hostId: string, name: string | null, alarms: { totalCount: number | null, nodes: Array<{ severity: AlarmSeverity | null }> } | null }> } | null, busiestHosts: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null };

export type HostMachineQueryVariables = Exact<{
  id: string | number;
  range?: TimeRange | null | undefined;
  points: number;
}>;


export type HostMachineQuery = { node:
    | { id: string, vmId: string | null, name: string | null, vcpus: number | null, operatingSystem: string | null, observedAt: string | null, metrics: Array<{ key: string, unit: string | null, count: number, avg: number | null, max: number | null, last: number | null, lastAt: string | null, truncated: boolean, points: Array<{ at: string, value: number }> }> | null }
    | Record<PropertyKey, never>
   | null };

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


export type HostsRankingQuery = { busiestHosts: { ranked: number, leftOut: number, oldestObservedAt: string | null, hosts: Array<{ host: { id: string, hostId: string, name: string | null, regionCode: string | null, availabilityZone: string | null, cluster: string | null, rack: string | null, memoryGib: number | null, cpuArchitecture: string | null } }> } | null };

export type HostsFiguresQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type HostsFiguresQuery = { cpu: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, memory: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, inlet: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null, power: { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> } | null };

export type HostsFigureFragment = { hosts: Array<{ value: number, observedAt: string, host: { hostId: string } }> };

export type HostsAlarmsQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type HostsAlarmsQuery = { hosts: { nodes: Array<{ hostId: string, alarms: { totalCount: number | null, nodes: Array<{ severity: AlarmSeverity | null }> } | null }> } | null };

export type JobsListQueryVariables = Exact<{
  kinds?: Array<JobKind> | JobKind | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type JobsListQuery = { jobs: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, kind: JobKind, jobId: string, submittedAt: string, from: string | null, to: string | null, job:
        | { id: string, status: JobStatus }
        | { domainId: string, progress: number | null, id: string, status: JobStatus }
        | { kind: UsageExportKind, id: string, status: JobStatus }
       | null }> } | null };

export type JobsJobQueryVariables = Exact<{
  id: string | number;
}>;


export type JobsJobQuery = { node:
    | { __typename: 'Alarm', id: string }
    | { __typename: 'AspReportJob', jobId: string, projectId: string, instanceId: string, status: JobStatus, statusText: string | null, submittedAt: string | null, from: string | null, to: string | null, sizeKb: number | null, downloadUrl: string | null, downloadUrlEndsAt: string | null, report: unknown, id: string }
    | { __typename: 'AuditEvent', id: string }
    | { __typename: 'CloudService', id: string }
    | { __typename: 'Device', id: string }
    | { __typename: 'Host', id: string }
    | { __typename: 'Instance', id: string }
    | { __typename: 'LoadBalancerCluster', id: string }
    | { __typename: 'MeterJob', jobId: string, domainId: string, status: JobStatus, statusText: string | null, progress: number | null, submittedAt: string | null, id: string }
    | { __typename: 'PayPerUseResource', id: string }
    | { __typename: 'Region', id: string }
    | { __typename: 'SharedScreen', id: string }
    | { __typename: 'UsageExportJob', jobId: string, projectId: string, status: JobStatus, submittedAt: string | null, from: string | null, to: string | null, id: string, exports: UsageExportKind, task: { statusText: string | null, fileName: string | null, filePath: string | null, failReason: string | null, failCode: string | null, startedAt: string | null, finishedAt: string | null } | null }
    | { __typename: 'VirtualMachine', id: string }
   | null };

export type JobsRecordsQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type JobsRecordsQuery = { node:
    | { __typename: 'Alarm', id: string }
    | { __typename: 'AspReportJob', id: string }
    | { __typename: 'AuditEvent', id: string }
    | { __typename: 'CloudService', id: string }
    | { __typename: 'Device', id: string }
    | { __typename: 'Host', id: string }
    | { __typename: 'Instance', id: string }
    | { __typename: 'LoadBalancerCluster', id: string }
    | { __typename: 'MeterJob', id: string, records: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ resourceId: string | null, parentResourceId: string | null, resourceTypeCode: string | null, resourceSpecCode: string | null, cloudServiceTypeCode: string | null, regionCode: string | null, availabilityZone: string | null, domainId: string | null, domainName: string | null, projectId: string | null, enterpriseProjectId: string | null, accumulateFactorName: string | null, accumulateFactorValue: string | null, beginAt: string | null, endAt: string | null, recordedAt: string | null, recordType: string | null, tag: string | null, raw: unknown }> } | null }
    | { __typename: 'PayPerUseResource', id: string }
    | { __typename: 'Region', id: string }
    | { __typename: 'SharedScreen', id: string }
    | { __typename: 'UsageExportJob', id: string }
    | { __typename: 'VirtualMachine', id: string }
   | null };

export type JobsFollowSubscriptionVariables = Exact<{
  jobId: string;
  domainId?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type JobsFollowSubscription = { meterJob: { eventId: string, kind: MeterJobEventKind, missed: number | null, status: JobStatus, progress: number | null } };

export type JobsStartMeteringMutationVariables = Exact<{
  input: CreateMeterJobInput;
}>;


export type JobsStartMeteringMutation = { createMeterJob: { meterJob: { id: string } | null, userErrors: Array<{ field: Array<string>, message: string, code: string }> } | null };

export type JobsStartUsersMutationVariables = Exact<{
  input: ExportUserUsageInput;
}>;


export type JobsStartUsersMutation = { exportUserUsage: { usageExportJob: { id: string } | null, userErrors: Array<{ field: Array<string>, message: string, code: string }> } | null };

export type JobsStartDesktopsMutationVariables = Exact<{
  input: ExportDesktopUsageInput;
}>;


export type JobsStartDesktopsMutation = { exportDesktopUsage: { usageExportJob: { id: string } | null, userErrors: Array<{ field: Array<string>, message: string, code: string }> } | null };

export type JobsStartReportMutationVariables = Exact<{
  input: CollectAspReportInput;
}>;


export type JobsStartReportMutation = { collectAspReport: { aspReportJob: { id: string } | null, userErrors: Array<{ field: Array<string>, message: string, code: string }> } | null };

export type OverviewAlarmsQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewAlarmsQuery = { cloud: { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null, device: { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null };

export type OverviewCountsFragment = { total: number, active: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> };

export type OverviewUrgentQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewUrgentQuery = { cloud: { nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null, device: { nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> } | null };

export type OverviewAlarmListFragment = { nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, regionCode: string | null, managedElement: { name: string | null } | null }> };

export type OverviewHostsQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewHostsQuery = { hostSummary: { total: number, memoryGib: number, hostsWithoutMemory: number, byRegion: Array<{ value: string | null, count: number }> } | null };

export type OverviewAllocationQueryVariables = Exact<{
  nearlyFull: number;
  full: number;
}>;


export type OverviewAllocationQuery = { allocationTable: { oldestObservedAt: string | null, counts: Array<{ level: AllocationLevel, count: number }>, cells: Array<{ type: CloudServiceType | null, unit: CapacityUnit | null, regionCode: string | null, sum: { allocated: number | null, available: number | null, allocation: number | null } }> } | null };

export type AlarmTrendQueryVariables = Exact<{
  bucket: AlarmBucket;
  range: TimeRange;
  utcOffsetMinutes: number;
  regions?: Array<string> | string | null | undefined;
}>;


export type AlarmTrendQuery = { cloud: { trend: { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null, device: { trend: { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } } | null };

export type OverviewBucketsFragment = { completeFrom: string | null, clearedWithoutTime: number, buckets: Array<{ from: string, to: string, raised: number, cleared: number, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> };

export type OverviewBusiestQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewBusiestQuery = { busiestHosts: { leftOut: number, oldestObservedAt: string | null, hosts: Array<{ value: number, observedAt: string, host: { id: string, hostId: string, name: string | null, regionCode: string | null } }> } | null };

export type OverviewQuotaQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuotaQuery = { upstream: { quotas: Array<{ limit: number, left: number, window: string, nextAt: string | null, waiting: number }> } };

export type OverviewAlarmChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OverviewAlarmChangesSubscription = { alarmChanges: { eventId: string, kind: AlarmChangeKind, missed: number | null } };

export type OverviewCapacityChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OverviewCapacityChangesSubscription = { capacityChanges: { eventId: string, kind: CapacityChangeKind, missed: number | null } };

export type RegionHeadQueryVariables = Exact<{
  code: string;
}>;


export type RegionHeadQuery = { region: { code: string, name: string | null, nameEn: string | null, hostSummary: { total: number, memoryGib: number, hostsWithoutMemory: number } | null } | null };

export type RegionAlarmCountsQueryVariables = Exact<{
  regions?: Array<string> | string | null | undefined;
}>;


export type RegionAlarmCountsQuery = { cloud: { total: number, active: number, byService: Array<{ service: CloudServiceType | null, count: number }>, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null, device: { total: number, active: number, byService: Array<{ service: CloudServiceType | null, count: number }>, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }>, byRegion: Array<{ regionCode: string | null, bySeverity: Array<{ severity: AlarmSeverity | null, count: number }> }> } | null };

export type RegionPoolsQueryVariables = Exact<{
  regions?: Array<string> | string | null | undefined;
  nearlyFull: number;
  full: number;
}>;


export type RegionPoolsQuery = { allocationTable: { oldestObservedAt: string | null, counts: Array<{ level: AllocationLevel, count: number }>, cells: Array<{ type: CloudServiceType | null, zone: CapacityZone | null, metricType: string | null, unit: CapacityUnit | null, sum: { allocated: number | null, available: number | null, allocation: number | null } }> } | null };

export type RegionForecastsQueryVariables = Exact<{
  regions?: Array<string> | string | null | undefined;
}>;


export type RegionForecastsQuery = { allocationTable: { cells: Array<{ type: CloudServiceType | null, zone: CapacityZone | null, metricType: string | null, unit: CapacityUnit | null, forecast: { outlook: CapacityOutlook, fullInDays: number | null, fullInDaysFrom: number | null, fullInDaysTo: number | null, perDay: number | null, days: number, points: Array<{ value: number }> } | null }> } | null };

export type RegionPhysicalQueryVariables = Exact<{
  code: string;
}>;


export type RegionPhysicalQuery = { region: { physicalCapacity: Array<{ deviceType: DeviceType | null, zone: CapacityZone | null, zoneText: string | null, resourceType: string | null, metricType: string | null, unit: CapacityUnit | null, allocated: number | null, available: number | null, allocation: number | null, observedAt: string | null }> | null } | null };

export type RegionHostsQueryVariables = Exact<{
  code: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RegionHostsQuery = { region: { hosts: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, hostId: string, name: string | null, serialNumber: string | null, cluster: string | null, room: string | null, rack: string | null, availabilityZone: string | null, memoryGib: number | null, cpuArchitecture: string | null, ipAddresses: Array<string> }> } | null } | null };

export type RegionHostAlarmsQueryVariables = Exact<{
  code: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RegionHostAlarmsQuery = { region: { alarms: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, severity: AlarmSeverity | null, host: { hostId: string } | null }> } | null } | null };

export type RegionAlarmsQueryVariables = Exact<{
  code: string;
}>;


export type RegionAlarmsQuery = { region: { alarms: { totalCount: number | null, nodes: Array<{ id: string, name: string | null, severity: AlarmSeverity | null, affectedService: string | null, lastOccurredAt: string | null, occurrences: number | null, managedElement: { name: string | null } | null }> } | null } | null };

export type RegionAlarmChangesSubscriptionVariables = Exact<{
  regions?: Array<string> | string | null | undefined;
  after?: string | null | undefined;
}>;


export type RegionAlarmChangesSubscription = { alarmChanges: { eventId: string, kind: AlarmChangeKind, missed: number | null } };

export type RegionCapacityChangesSubscriptionVariables = Exact<{
  regions?: Array<string> | string | null | undefined;
  after?: string | null | undefined;
}>;


export type RegionCapacityChangesSubscription = { capacityChanges: { eventId: string, kind: CapacityChangeKind, missed: number | null } };

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
export const CapacityCellFragmentDoc = new TypedDocumentString(`
    fragment CapacityCell on AllocationCell {
  type
  unit
  regionCode
  region {
    code
    name
    nameEn
  }
  zone
  metricType
  level
  sum {
    allocated
    available
    allocation
    total
    used
    free
    rows
    rowsLeftOut
    oldestObservedAt
  }
}
    `, {"fragmentName":"CapacityCell"}) as unknown as TypedDocumentString<CapacityCellFragment, unknown>;
export const HostSeriesFragmentDoc = new TypedDocumentString(`
    fragment HostSeries on MetricSeries {
  key
  unit
  count
  avg
  max
  last
  lastAt
  truncated
  points(maxPoints: $points) {
    at
    value
  }
}
    `, {"fragmentName":"HostSeries"}) as unknown as TypedDocumentString<HostSeriesFragment, unknown>;
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
    bySeverity {
      severity
      count
    }
  }
}
    `, {"fragmentName":"OverviewCounts"}) as unknown as TypedDocumentString<OverviewCountsFragment, unknown>;
export const OverviewAlarmListFragmentDoc = new TypedDocumentString(`
    fragment OverviewAlarmList on AlarmConnection {
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
      deviceId
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
    query AlarmsSame($kind: AlarmFilter, $withKind: Boolean!, $object: AlarmFilter, $withObject: Boolean!) {
  kind: alarms(filter: $kind, orderBy: {field: URGENCY}, first: 6) @include(if: $withKind) {
    totalCount
    nodes {
      ...AlarmsRow
    }
  }
  object: alarms(filter: $object, orderBy: {field: URGENCY}, first: 6) @include(if: $withObject) {
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
export const CapacityTableDocument = new TypedDocumentString(`
    query CapacityTable($by: [AllocationDimension!]!, $sums: [AllocationDimension!]!, $types: [CloudServiceType!], $regions: [String!], $zones: [CapacityZone!], $nearlyFull: Float!, $full: Float!) {
  table: allocationTable(
    by: $by
    types: $types
    regions: $regions
    zones: $zones
    nearlyFull: $nearlyFull
    full: $full
  ) {
    oldestObservedAt
    cells {
      ...CapacityCell
    }
  }
  sums: allocationTable(
    by: $sums
    types: $types
    regions: $regions
    zones: $zones
    nearlyFull: $nearlyFull
    full: $full
  ) {
    cells {
      ...CapacityCell
    }
  }
}
    fragment CapacityCell on AllocationCell {
  type
  unit
  regionCode
  region {
    code
    name
    nameEn
  }
  zone
  metricType
  level
  sum {
    allocated
    available
    allocation
    total
    used
    free
    rows
    rowsLeftOut
    oldestObservedAt
  }
}`) as unknown as TypedDocumentString<CapacityTableQuery, CapacityTableQueryVariables>;
export const CapacityForecastDocument = new TypedDocumentString(`
    query CapacityForecast($by: [AllocationDimension!]!, $types: [CloudServiceType!], $regions: [String!], $zones: [CapacityZone!]) {
  table: allocationTable(by: $by, types: $types, regions: $regions, zones: $zones) {
    cells {
      type
      unit
      regionCode
      zone
      metricType
      forecast {
        outlook
        fullInDays
        fullInDaysFrom
        fullInDaysTo
        perDay
        days
        from
        to
        points {
          at
          value
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CapacityForecastQuery, CapacityForecastQueryVariables>;
export const CapacityRowsDocument = new TypedDocumentString(`
    query CapacityRows($types: [CloudServiceType!], $regions: [String!], $zones: [CapacityZone!]) {
  cloudServices(types: $types, regions: $regions) {
    id
    type
    regionCode
    capacity(zones: $zones) {
      zone
      zoneText
      metricType
      metricTypeText
      unit
      total
      used
      free
      allocated
      available
      allocation
      observedAt
    }
  }
}
    `) as unknown as TypedDocumentString<CapacityRowsQuery, CapacityRowsQueryVariables>;
export const HostPageDocument = new TypedDocumentString(`
    query HostPage($id: String!, $range: TimeRange, $boards: TimeRange, $points: Int!, $short: Boolean!) {
  host(hostId: $id) {
    id
    hostId
    serialNumber
    name
    regionCode
    availabilityZone
    cluster
    pod
    dataCenter
    room
    rack
    manufacturer
    kernel
    cpuArchitecture
    memoryGib
    raid
    networkAdapter
    ipAddresses
    processors {
      model
      sockets
      cores
    }
    memoryModules {
      sizeGib
    }
    disks {
      device
      sizeGb
    }
    serverPosition {
      model
      usage
      slot
      rack
    }
    virtualMachines(first: 500) {
      totalCount
      nodes {
        id
        vmId
        name
        vcpus
        operatingSystem
      }
    }
    alarms(first: 8, orderBy: {field: LAST_OCCURRED_AT, direction: DESC}) {
      totalCount
      nodes {
        id
        name
        severity
        cleared
        lastOccurredAt
      }
    }
    metrics(range: $range) @include(if: $short) {
      ...HostSeries
    }
    performance(range: $boards) {
      ...HostSeries
    }
  }
}
    fragment HostSeries on MetricSeries {
  key
  unit
  count
  avg
  max
  last
  lastAt
  truncated
  points(maxPoints: $points) {
    at
    value
  }
}`) as unknown as TypedDocumentString<HostPageQuery, HostPageQueryVariables>;
export const HostNeighboursDocument = new TypedDocumentString(`
    query HostNeighbours($filter: HostFilter) {
  hosts(filter: $filter, first: 40) {
    totalCount
    nodes {
      hostId
      name
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
  busiestHosts(metric: CPU, filter: $filter, first: 40) {
    hosts {
      value
      observedAt
      host {
        hostId
      }
    }
  }
}
    `) as unknown as TypedDocumentString<HostNeighboursQuery, HostNeighboursQueryVariables>;
export const HostMachineDocument = new TypedDocumentString(`
    query HostMachine($id: ID!, $range: TimeRange, $points: Int!) {
  node(id: $id) {
    ... on VirtualMachine {
      id
      vmId
      name
      vcpus
      operatingSystem
      observedAt
      metrics(range: $range) {
        key
        unit
        count
        avg
        max
        last
        lastAt
        truncated
        points(maxPoints: $points) {
          at
          value
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<HostMachineQuery, HostMachineQueryVariables>;
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
export const JobsListDocument = new TypedDocumentString(`
    query JobsList($kinds: [JobKind!], $first: Int, $after: String) {
  jobs(kinds: $kinds, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      kind
      jobId
      submittedAt
      from
      to
      job {
        id
        status
        ... on MeterJob {
          domainId
          progress
        }
        ... on UsageExportJob {
          kind
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<JobsListQuery, JobsListQueryVariables>;
export const JobsJobDocument = new TypedDocumentString(`
    query JobsJob($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on MeterJob {
      jobId
      domainId
      status
      statusText
      progress
      submittedAt
    }
    ... on UsageExportJob {
      jobId
      projectId
      exports: kind
      status
      submittedAt
      from
      to
      task {
        statusText
        fileName
        filePath
        failReason
        failCode
        startedAt
        finishedAt
      }
    }
    ... on AspReportJob {
      jobId
      projectId
      instanceId
      status
      statusText
      submittedAt
      from
      to
      sizeKb
      downloadUrl
      downloadUrlEndsAt
      report
    }
  }
}
    `) as unknown as TypedDocumentString<JobsJobQuery, JobsJobQueryVariables>;
export const JobsRecordsDocument = new TypedDocumentString(`
    query JobsRecords($id: ID!, $first: Int, $after: String) {
  node(id: $id) {
    __typename
    id
    ... on MeterJob {
      records(first: $first, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          resourceId
          parentResourceId
          resourceTypeCode
          resourceSpecCode
          cloudServiceTypeCode
          regionCode
          availabilityZone
          domainId
          domainName
          projectId
          enterpriseProjectId
          accumulateFactorName
          accumulateFactorValue
          beginAt
          endAt
          recordedAt
          recordType
          tag
          raw
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<JobsRecordsQuery, JobsRecordsQueryVariables>;
export const JobsFollowDocument = new TypedDocumentString(`
    subscription JobsFollow($jobId: String!, $domainId: String, $after: String) {
  meterJob(jobId: $jobId, domainId: $domainId, startAfter: $after) {
    eventId
    kind
    missed
    status
    progress
  }
}
    `) as unknown as TypedDocumentString<JobsFollowSubscription, JobsFollowSubscriptionVariables>;
export const JobsStartMeteringDocument = new TypedDocumentString(`
    mutation JobsStartMetering($input: CreateMeterJobInput!) {
  createMeterJob(input: $input) {
    meterJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<JobsStartMeteringMutation, JobsStartMeteringMutationVariables>;
export const JobsStartUsersDocument = new TypedDocumentString(`
    mutation JobsStartUsers($input: ExportUserUsageInput!) {
  exportUserUsage(input: $input) {
    usageExportJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<JobsStartUsersMutation, JobsStartUsersMutationVariables>;
export const JobsStartDesktopsDocument = new TypedDocumentString(`
    mutation JobsStartDesktops($input: ExportDesktopUsageInput!) {
  exportDesktopUsage(input: $input) {
    usageExportJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<JobsStartDesktopsMutation, JobsStartDesktopsMutationVariables>;
export const JobsStartReportDocument = new TypedDocumentString(`
    mutation JobsStartReport($input: CollectAspReportInput!) {
  collectAspReport(input: $input) {
    aspReportJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<JobsStartReportMutation, JobsStartReportMutationVariables>;
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
    bySeverity {
      severity
      count
    }
  }
}`) as unknown as TypedDocumentString<OverviewAlarmsQuery, OverviewAlarmsQueryVariables>;
export const OverviewUrgentDocument = new TypedDocumentString(`
    query OverviewUrgent {
  cloud: alarms(
    first: 8
    filter: {sources: [CLOUD_SERVICE], cleared: false}
    orderBy: {field: URGENCY, direction: DESC}
  ) {
    ...OverviewAlarmList
  }
  device: alarms(
    first: 8
    filter: {sources: [DEVICE], cleared: false}
    orderBy: {field: URGENCY, direction: DESC}
  ) {
    ...OverviewAlarmList
  }
}
    fragment OverviewAlarmList on AlarmConnection {
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
      sum {
        allocated
        available
        allocation
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewAllocationQuery, OverviewAllocationQueryVariables>;
export const AlarmTrendDocument = new TypedDocumentString(`
    query AlarmTrend($bucket: AlarmBucket!, $range: TimeRange!, $utcOffsetMinutes: Int!, $regions: [String!]) {
  cloud: alarmSummary(filter: {sources: [CLOUD_SERVICE], regions: $regions}) {
    trend(bucket: $bucket, range: $range, utcOffsetMinutes: $utcOffsetMinutes) {
      ...OverviewBuckets
    }
  }
  device: alarmSummary(filter: {sources: [DEVICE], regions: $regions}) {
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
}`) as unknown as TypedDocumentString<AlarmTrendQuery, AlarmTrendQueryVariables>;
export const OverviewBusiestDocument = new TypedDocumentString(`
    query OverviewBusiest {
  busiestHosts(metric: CPU, by: LATEST, first: 7) {
    leftOut
    oldestObservedAt
    hosts {
      value
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
export const RegionHeadDocument = new TypedDocumentString(`
    query RegionHead($code: String!) {
  region(code: $code) {
    code
    name
    nameEn
    hostSummary {
      total
      memoryGib
      hostsWithoutMemory
    }
  }
}
    `) as unknown as TypedDocumentString<RegionHeadQuery, RegionHeadQueryVariables>;
export const RegionAlarmCountsDocument = new TypedDocumentString(`
    query RegionAlarmCounts($regions: [String!]) {
  cloud: alarmSummary(filter: {sources: [CLOUD_SERVICE], regions: $regions}) {
    ...OverviewCounts
    byService {
      service
      count
    }
  }
  device: alarmSummary(filter: {sources: [DEVICE], regions: $regions}) {
    ...OverviewCounts
    byService {
      service
      count
    }
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
    bySeverity {
      severity
      count
    }
  }
}`) as unknown as TypedDocumentString<RegionAlarmCountsQuery, RegionAlarmCountsQueryVariables>;
export const RegionPoolsDocument = new TypedDocumentString(`
    query RegionPools($regions: [String!], $nearlyFull: Float!, $full: Float!) {
  allocationTable(
    by: [TYPE, ZONE, METRIC_TYPE]
    regions: $regions
    nearlyFull: $nearlyFull
    full: $full
  ) {
    oldestObservedAt
    counts {
      level
      count
    }
    cells {
      type
      zone
      metricType
      unit
      sum {
        allocated
        available
        allocation
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionPoolsQuery, RegionPoolsQueryVariables>;
export const RegionForecastsDocument = new TypedDocumentString(`
    query RegionForecasts($regions: [String!]) {
  allocationTable(by: [TYPE, ZONE, METRIC_TYPE], regions: $regions) {
    cells {
      type
      zone
      metricType
      unit
      forecast {
        outlook
        fullInDays
        fullInDaysFrom
        fullInDaysTo
        perDay
        days
        points {
          value
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionForecastsQuery, RegionForecastsQueryVariables>;
export const RegionPhysicalDocument = new TypedDocumentString(`
    query RegionPhysical($code: String!) {
  region(code: $code) {
    physicalCapacity {
      deviceType
      zone
      zoneText
      resourceType
      metricType
      unit
      allocated
      available
      allocation
      observedAt
    }
  }
}
    `) as unknown as TypedDocumentString<RegionPhysicalQuery, RegionPhysicalQueryVariables>;
export const RegionHostsDocument = new TypedDocumentString(`
    query RegionHosts($code: String!, $first: Int, $after: String) {
  region(code: $code) {
    hosts(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        hostId
        name
        serialNumber
        cluster
        room
        rack
        availabilityZone
        memoryGib
        cpuArchitecture
        ipAddresses
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionHostsQuery, RegionHostsQueryVariables>;
export const RegionHostAlarmsDocument = new TypedDocumentString(`
    query RegionHostAlarms($code: String!, $first: Int, $after: String) {
  region(code: $code) {
    alarms(
      filter: {cleared: false}
      orderBy: {field: URGENCY, direction: DESC}
      first: $first
      after: $after
    ) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        severity
        host {
          hostId
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionHostAlarmsQuery, RegionHostAlarmsQueryVariables>;
export const RegionAlarmsDocument = new TypedDocumentString(`
    query RegionAlarms($code: String!) {
  region(code: $code) {
    alarms(
      filter: {cleared: false}
      orderBy: {field: URGENCY, direction: DESC}
      first: 100
    ) {
      totalCount
      nodes {
        id
        name
        severity
        affectedService
        lastOccurredAt
        occurrences
        managedElement {
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionAlarmsQuery, RegionAlarmsQueryVariables>;
export const RegionAlarmChangesDocument = new TypedDocumentString(`
    subscription RegionAlarmChanges($regions: [String!], $after: String) {
  alarmChanges(filter: {regions: $regions}, startAfter: $after) {
    eventId
    kind
    missed
  }
}
    `) as unknown as TypedDocumentString<RegionAlarmChangesSubscription, RegionAlarmChangesSubscriptionVariables>;
export const RegionCapacityChangesDocument = new TypedDocumentString(`
    subscription RegionCapacityChanges($regions: [String!], $after: String) {
  capacityChanges(regions: $regions, startAfter: $after) {
    eventId
    kind
    missed
  }
}
    `) as unknown as TypedDocumentString<RegionCapacityChangesSubscription, RegionCapacityChangesSubscriptionVariables>;
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