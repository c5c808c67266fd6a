variable "step" { default = "first" }
locals {
  first   = var.step == "first"
  account = "210987654321"
}
resource "aws_vpc" "main" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}
resource "aws_subnet" "main" {
  for_each          = { a = 0, b = 1, c = 2 }
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1${each.key}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
  ipv6_cidr_block   = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, each.value)
}
resource "aws_kms_key" "data" { deletion_window_in_days = 7 }
resource "aws_cloudwatch_log_group" "logs" {
  for_each          = toset(["slow", "engine"])
  name              = "/aws/elasticache/checkout-dev/${each.key}"
  retention_in_days = local.first ? 30 : 90
  kms_key_id        = aws_kms_key.data.arn
}
