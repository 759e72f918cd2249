import { graphql } from '../../data'

/** JobsList reads what was started here, the last one first, each with its state. */
export const JobsList = graphql(`
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
`)

/** JobsJob is one job, whatever its kind, with what became of an export or a report: the upstream tells that only where the operator has it read. */
export const JobsJob = graphql(`
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
`)

/** JobsRecords is a page of the usage records of a job that has succeeded. */
export const JobsRecords = graphql(`
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
`)

/** JobsFollow tells of each change of a metering job, until it has ended. */
export const JobsFollow = graphql(`
  subscription JobsFollow($jobId: String!, $domainId: String, $after: String) {
    meterJob(jobId: $jobId, domainId: $domainId, startAfter: $after) {
      eventId
      kind
      missed
      status
      progress
    }
  }
`)

export const JobsStartMetering = graphql(`
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
`)

export const JobsStartUsers = graphql(`
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
`)

export const JobsStartDesktops = graphql(`
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
`)

export const JobsStartReport = graphql(`
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
`)
