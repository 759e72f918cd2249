package simulator

// definition is one kind of alarm.
type definition struct {
	name, code, category, kind, class, event, cause, product string
}

// cloudDefinitions lists the alarms that cloud services raise.
func cloudDefinitions() []definition {
	return []definition{
		{
			name: "ECS instance heartbeat lost", code: "1100457", category: "ECS", kind: "ecs-compute",
			class: "CloudServer", event: "communication", cause: "host network fault or guest crash", product: "nova-compute",
		},
		{
			name: "弹性云服务器CPU使用率过高", code: "1100460", category: "ECS", kind: "ecs-compute",
			class: "CloudServer", event: "threshold", cause: "业务负载过高", product: "nova-compute",
		},
		{
			name: "ECS live migration failed", code: "1100471", category: "ECS", kind: "ecs-scheduler",
			class: "CloudServer", event: "processing", cause: "no target host with enough memory", product: "nova-conductor",
		},
		{
			name: "EVS pool usage above threshold", code: "1200031", category: "EVS", kind: "evs-pool",
			class: "StoragePool", event: "threshold", cause: "pool nearly full", product: "cinder-volume",
		},
		{
			name: "云硬盘IO时延过高", code: "1200044", category: "EVS", kind: "evs-volume",
			class: "Volume", event: "quality", cause: "存储池压力过大", product: "cinder-volume",
		},
		{
			name: "OBS bucket quota nearly used up", code: "1300012", category: "OBS", kind: "obs-bucket",
			class: "Bucket", event: "threshold", cause: "quota", product: "obs-lite",
		},
		{
			name: "EIP bandwidth saturated", code: "1400006", category: "EIP", kind: "eip-gateway",
			class: "PublicIp", event: "threshold", cause: "traffic burst or attack", product: "vpc-neutron",
		},
		{
			name: "ELB backend member abnormal", code: "1500021", category: "ELB", kind: "elb-cluster",
			class: "LoadBalancer", event: "communication", cause: "member does not answer the probe", product: "elbv3-agent",
		},
		{
			name: "RDS replication delay", code: "1600018", category: "RDS", kind: "rds-instance",
			class: "Database", event: "quality", cause: "standby overloaded", product: "rds-agent",
		},
		{
			name: "VPN tunnel down", code: "1700003", category: "VPN", kind: "vpn-gateway",
			class: "VpnConnection", event: "communication", cause: "peer unreachable", product: "vpn-agent",
		},
		{
			name: "API gateway certificate expires soon", code: "1900001", category: "", kind: "apig",
			class: "Certificate", event: "other", cause: "certificate not renewed", product: "apigw",
		},
	}
}

// deviceDefinitions lists the alarms that hardware raises.
func deviceDefinitions() []definition {
	return []definition{
		{
			name: "Server memory module fault", code: "2300112", category: "Server", kind: "rack-server",
			class: "Server", event: "equipment", cause: "uncorrectable ECC error", product: "hardware",
		},
		{
			name: "服务器电源故障", code: "2300118", category: "Server", kind: "rack-server",
			class: "Server", event: "equipment", cause: "电源模块失效", product: "hardware",
		},
		{
			name: "Hard disk predictive failure", code: "2300127", category: "Server", kind: "rack-server",
			class: "Server", event: "equipment", cause: "SMART threshold exceeded", product: "hardware",
		},
		{
			name: "Inlet temperature too high", code: "2300133", category: "Server", kind: "rack-server",
			class: "Server", event: "environment", cause: "air conditioning or blocked airflow", product: "hardware",
		},
		{
			name: "BMC unreachable", code: "2300140", category: "Server", kind: "rack-server",
			class: "Server", event: "communication", cause: "management network fault", product: "hardware",
		},
		{
			name: "Port down", code: "2400008", category: "Network", kind: "switch",
			class: "Switch", event: "communication", cause: "link failure", product: "hardware",
		},
		{
			name: "光模块收光功率过低", code: "2400015", category: "Network", kind: "switch",
			class: "Switch", event: "quality", cause: "光纤弯折或光模块老化", product: "hardware",
		},
	}
}
