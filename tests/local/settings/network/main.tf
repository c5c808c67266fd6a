variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}
variable "step" {
  default = "first"
}
data "aws_caller_identity" "me" {}
data "aws_availability_zones" "all" { state = "available" }
data "aws_region" "here" {}
data "aws_partition" "here" {}
data "aws_prefix_list" "s3" { name = "com.amazonaws.eu-central-1.s3" }

locals {
  account = data.aws_caller_identity.me.account_id
  zones   = { for i, z in var.zones : z => i }
}

resource "aws_kms_key" "data" {
  description             = "data"
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Admin", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Logs", Effect = "Allow", Principal = { Service = "logs.eu-central-1.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*",
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-central-1:${local.account}:log-group:*" } } },
      { Sid = "Delivery", Effect = "Allow", Principal = { Service = ["delivery.logs.amazonaws.com", "sns.amazonaws.com"] }, Action = ["kms:GenerateDataKey*", "kms:Decrypt"], Resource = "*" },
    ]
  })
}
resource "aws_kms_alias" "data" {
  name          = "alias/checkout-dev/data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_vpc" "main" {
  cidr_block                       = "10.52.0.0/16"
  enable_dns_hostnames             = true
  enable_dns_support               = true
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "checkout-dev" }
}
resource "aws_vpc_dhcp_options" "main" {
  domain_name         = "checkout-dev.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
  ntp_servers         = ["169.254.169.123"]
}
resource "aws_vpc_dhcp_options_association" "main" {
  vpc_id          = aws_vpc.main.id
  dhcp_options_id = aws_vpc_dhcp_options.main.id
}
resource "aws_default_security_group" "main" { vpc_id = aws_vpc.main.id }
resource "aws_default_network_acl" "main" {
  default_network_acl_id = aws_vpc.main.default_network_acl_id
  ingress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    protocol        = -1
    rule_no         = 101
    action          = "allow"
    ipv6_cidr_block = "::/0"
    from_port       = 0
    to_port         = 0
  }
  egress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }

  # AWS itself puts every subnet without an ACL here.
  lifecycle {
    ignore_changes = [subnet_ids]
  }
}
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route                  = []
}
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_egress_only_internet_gateway" "main" { vpc_id = aws_vpc.main.id }

resource "aws_subnet" "public" {
  for_each                        = local.zones
  vpc_id                          = aws_vpc.main.id
  availability_zone               = "eu-central-1${each.key}"
  cidr_block                      = cidrsubnet("10.52.0.0/16", 8, each.value)
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, each.value)
  assign_ipv6_address_on_creation = true
  map_public_ip_on_launch         = false
  tags                            = { Name = "public-${each.key}", "kubernetes.io/role/elb" = "1" }
}
resource "aws_subnet" "private" {
  for_each                            = local.zones
  vpc_id                              = aws_vpc.main.id
  availability_zone                   = "eu-central-1${each.key}"
  cidr_block                          = cidrsubnet("10.52.0.0/16", 8, 10 + each.value)
  private_dns_hostname_type_on_launch = "resource-name"
  tags                                = { Name = "private-${each.key}" }
}
resource "aws_subnet" "database" {
  for_each          = local.zones
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1${each.key}"
  cidr_block        = cidrsubnet("10.52.0.0/16", 8, 20 + each.value)
  tags              = { Name = "database-${each.key}" }
}
resource "aws_eip" "nat" {
  for_each = local.zones
  domain   = "vpc"
}
resource "aws_nat_gateway" "main" {
  for_each      = local.zones
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  depends_on    = [aws_internet_gateway.main]
}
resource "aws_route_table" "public" { vpc_id = aws_vpc.main.id }
resource "aws_route" "public4" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}
resource "aws_route" "public6" {
  route_table_id              = aws_route_table.public.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.main.id
}
resource "aws_route_table_association" "public" {
  for_each       = local.zones
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[each.key].id
}
resource "aws_route_table" "private" {
  for_each = local.zones
  vpc_id   = aws_vpc.main.id
}
resource "aws_route" "private4" {
  for_each               = local.zones
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[each.key].id
}
resource "aws_route" "private6" {
  for_each                    = local.zones
  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.main.id
}
resource "aws_route_table_association" "private" {
  for_each       = local.zones
  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}
resource "aws_route_table" "database" { vpc_id = aws_vpc.main.id }
resource "aws_route_table_association" "database" {
  for_each       = local.zones
  route_table_id = aws_route_table.database.id
  subnet_id      = aws_subnet.database[each.key].id
}
resource "aws_network_acl" "database" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [for s in aws_subnet.database : s.id]
  tags       = { Name = "database" }
}
resource "aws_network_acl_rule" "in" {
  network_acl_id = aws_network_acl.database.id
  rule_number    = 100
  egress         = false
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.52.0.0/16"
  from_port      = 5432
  to_port        = 5432
}
resource "aws_network_acl_rule" "in6" {
  network_acl_id  = aws_network_acl.database.id
  rule_number     = 110
  egress          = false
  protocol        = "tcp"
  rule_action     = "allow"
  ipv6_cidr_block = aws_vpc.main.ipv6_cidr_block
  from_port       = 5432
  to_port         = 5432
}
resource "aws_network_acl_rule" "out" {
  network_acl_id = aws_network_acl.database.id
  rule_number    = 100
  egress         = true
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.52.0.0/16"
  from_port      = 1024
  to_port        = 65535
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-central-1.s3"
  vpc_endpoint_type = "Gateway"
}
resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-central-1.dynamodb"
  policy       = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "dynamodb:*", Resource = "*" }] })
}
resource "aws_vpc_endpoint_route_table_association" "s3" {
  for_each        = local.zones
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = aws_route_table.private[each.key].id
}
resource "aws_vpc_endpoint_route_table_association" "s3db" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = aws_route_table.database.id
}
resource "aws_vpc_endpoint_route_table_association" "dynamodb" {
  for_each        = local.zones
  vpc_endpoint_id = aws_vpc_endpoint.dynamodb.id
  route_table_id  = aws_route_table.private[each.key].id
}
resource "aws_security_group" "endpoints" {
  name        = "checkout-dev-endpoints"
  description = "interface endpoints"
  vpc_id      = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "the VPC calls AWS"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = aws_vpc.main.cidr_block
}
resource "aws_vpc_security_group_ingress_rule" "endpoints6" {
  security_group_id = aws_security_group.endpoints.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv6         = aws_vpc.main.ipv6_cidr_block
}
resource "aws_security_group" "app" {
  name        = "checkout-dev-app"
  description = "app"
  vpc_id      = aws_vpc.main.id
}
resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id            = aws_security_group.app.id
  description                  = "app ${var.step} calls endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.endpoints.id
}
resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "app ${var.step} calls endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.app.id
}
resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.app.id
  description       = "S3"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
}
resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.endpoints.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
# The entry's description stays: provider 5.100 cannot change one in place (its issue 43528).
resource "aws_ec2_managed_prefix_list" "office" {
  name           = "office"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr        = "203.0.113.0/24"
    description = "office"
  }

  dynamic "entry" {
    for_each = var.step == "first" ? [] : ["198.51.100.0/24"]

    content {
      cidr        = entry.value
      description = "second office"
    }
  }
}
resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(["ecr.api", "secretsmanager", "logs"])
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.eu-central-1.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  tags                = { Name = "checkout-dev-${each.key}" }
}
resource "aws_vpc_endpoint_policy" "interface" {
  for_each        = aws_vpc_endpoint.interface
  vpc_endpoint_id = each.value.id
  policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "*", Resource = "*", Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } } }] })
}
# One only: the provider waits a minute for each.
resource "aws_vpc_endpoint_subnet_association" "interface" {
  vpc_endpoint_id = aws_vpc_endpoint.interface["logs"].id
  subnet_id       = aws_subnet.private["a"].id
}
resource "aws_vpc_endpoint_security_group_association" "interface" {
  for_each                    = aws_vpc_endpoint.interface
  vpc_endpoint_id             = each.value.id
  security_group_id           = aws_security_group.endpoints.id
  replace_default_association = true
}
resource "aws_cloudwatch_log_group" "flow" {
  name              = "/checkout-dev/flow"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.data.arn
}
resource "aws_iam_role" "flow" {
  name = "checkout-dev-flow"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "vpc-flow-logs.amazonaws.com" },
  Condition = { StringEquals = { "aws:SourceAccount" = local.account } } }] })
}
resource "aws_iam_role_policy" "flow" {
  role   = aws_iam_role.flow.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.flow.arn}:*" }] })
}
resource "aws_flow_log" "cloudwatch" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow.arn
  iam_role_arn             = aws_iam_role.flow.arn
  max_aggregation_interval = 60
}
resource "aws_s3_bucket" "flow" {
  bucket        = "checkout-dev-flow-210987654321"
  force_destroy = true
}
resource "aws_s3_bucket_policy" "flow" {
  bucket = aws_s3_bucket.flow.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Tls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [aws_s3_bucket.flow.arn, "${aws_s3_bucket.flow.arn}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } },
    { Sid = "Write", Effect = "Allow", Principal = { Service = "delivery.logs.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.flow.arn}/*" },
  ] })
}
resource "aws_flow_log" "s3" {
  vpc_id               = aws_vpc.main.id
  traffic_type         = "REJECT"
  log_destination_type = "s3"
  log_destination      = "${aws_s3_bucket.flow.arn}/network/"
  destination_options {
    file_format                = "parquet"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }
}
resource "aws_db_subnet_group" "main" {
  name        = "checkout-dev"
  description = "databases"
  subnet_ids  = [for s in aws_subnet.database : s.id]
}
resource "aws_elasticache_subnet_group" "main" {
  name        = "network"
  description = "caches"
  subnet_ids  = [for s in aws_subnet.database : s.id]
}
resource "aws_vpc_block_public_access_options" "main" { internet_gateway_block_mode = "block-ingress" }
resource "aws_vpc_block_public_access_exclusion" "main" {
  vpc_id                          = aws_vpc.main.id
  internet_gateway_exclusion_mode = "allow-bidirectional"
}
output "zones" { value = data.aws_availability_zones.all.names }
output "prefix" { value = data.aws_prefix_list.s3.id }
output "account" { value = "${local.account} ${data.aws_region.here.name} ${data.aws_partition.here.dns_suffix}" }
