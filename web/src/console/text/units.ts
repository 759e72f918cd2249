import type { CapacityUnit } from '../generated/graphql'
import { useWords, defineWords } from './words'

const words = defineWords(
  {
    VMS: 'VMs',
    SERVERS: 'servers',
    TERABYTES: 'TB',
    CORES: 'cores',
    ADDRESSES: 'addresses',
    INSTANCES: 'instances',
    HOSTS: 'hosts',
    CONNECTIONS: 'connections',
    GATEWAYS: 'gateways',
  },
  {
    VMS: '台虚拟机',
    SERVERS: '台裸金属',
    TERABYTES: 'TB',
    CORES: '核',
    ADDRESSES: '个地址',
    INSTANCES: '个实例',
    HOSTS: '台主机',
    CONNECTIONS: '条连接',
    GATEWAYS: '个网关',
  },
)

/** useUnit names a unit of capacity; TB is as the upstream sends it, 10^12 or 2^40. */
export function useUnit(): (unit: CapacityUnit | null | undefined) => string {
  const say = useWords(words)
  return (unit) => (unit === null || unit === undefined ? '' : say[unit])
}
