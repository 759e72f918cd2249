/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

/**
 * Resource types of listCloudResourceInstanceData, all fourteen. Each is the CloudServiceType of the same name, but ECS, which there is ECS_VM;
 * DCC, DEH and SFS have a capacity and no instances.
 */
export type InstanceType =
  /** Bare Metal Server. */
  | 'BMS'
  /** Distributed Cache Service. */
  | 'DCS'
  /** Distributed Message Service. */
  | 'DMS'
  /** Elastic Cloud Server: virtual machines (CloudServiceType ECS_VM). */
  | 'ECS'
  /** Elastic IP addresses. */
  | 'EIP'
  /** Elastic Load Balance. */
  | 'ELB'
  /** Elastic Volume Service: disks. */
  | 'EVS'
  /** GaussDB. */
  | 'GAUSS'
  /** ModelArts inference. */
  | 'MODEL_ARTS_INF'
  /** ModelArts MaaS operations (upstream word `MODEL_ARTS_MAOS`). */
  | 'MODEL_ARTS_MAOS'
  /** ModelArts training. */
  | 'MODEL_ARTS_TRAIN'
  /** Object Storage Service: buckets. */
  | 'OBS'
  /** Relational Database Service. */
  | 'RDS'
  /** Virtual Private Network. */
  | 'VPN';

/** A span of time: `from` and `to`, either of them open, or `last` alone, which ends now. */
export type TimeRange = {
  /** Start, included. Open when left out. */
  from?: string | null | undefined;
  /** Length of the span that ends now; not together with `from` or `to`. */
  last?: string | null | undefined;
  /** End, excluded. Now when left out. */
  to?: string | null | undefined;
};

export type AlarmLineFragment = { name: string | null, severity: AlarmSeverity | null, lastOccurredAt: string | null, region: { code: string } | null, host: { name: string | null } | null } & { ' $fragmentName'?: 'AlarmLineFragment' };

export type OpenAlarmsQueryVariables = Exact<{
  filter: AlarmFilter;
  first: number;
  after?: string | null | undefined;
}>;


export type OpenAlarmsQuery = { alarms: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<(
      { csn: string }
      & { ' $fragmentRefs'?: { 'AlarmLineFragment': AlarmLineFragment } }
    )> } | null };

export type UsageQueryVariables = Exact<{
  type: InstanceType;
  first: number;
}>;


export type UsageQuery = { instances: { nodes: Array<{ resourceId: string, usageTotals: Array<{ accumulateFactorName: string | null, total: string }> }> } | null };

export const AlarmLineFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AlarmLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Alarm"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"lastOccurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"region"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<AlarmLineFragment, unknown>;
export const OpenAlarmsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OpenAlarms"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AlarmFilter"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alarms"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"csn"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AlarmLine"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AlarmLine"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Alarm"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"lastOccurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"region"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<OpenAlarmsQuery, OpenAlarmsQueryVariables>;
export const UsageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Usage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"type"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"InstanceType"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instances"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"type"},"value":{"kind":"Variable","name":{"kind":"Name","value":"type"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resourceId"}},{"kind":"Field","name":{"kind":"Name","value":"usageTotals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accumulateFactorName"}},{"kind":"Field","name":{"kind":"Name","value":"total"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UsageQuery, UsageQueryVariables>;