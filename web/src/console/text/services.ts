import type { CloudServiceType } from '../generated/graphql'

export type Service = CloudServiceType

// As the provider writes them; they are names, and the same in all languages.
const names: Record<Service, string> = {
  ECS_VM: 'ECS',
  BMS: 'BMS',
  EVS: 'EVS',
  OBS: 'OBS',
  EIP: 'EIP',
  RDS: 'RDS',
  DCC: 'DCC',
  DEH: 'DeH',
  SFS: 'SFS',
  VPN: 'VPN',
  ELB: 'ELB',
  DCS: 'DCS',
  DMS: 'DMS',
  GAUSS: 'GaussDB',
  MODEL_ARTS_INF: 'ModelArts Inference',
  MODEL_ARTS_TRAIN: 'ModelArts Training',
  MODEL_ARTS_MAOS: 'ModelArts MaaS',
}

/** services are all that the schema knows. */
export const services = Object.keys(names) as Service[]

/** serviceName is what people call a service. */
export function serviceName(service: Service): string {
  return names[service]
}
