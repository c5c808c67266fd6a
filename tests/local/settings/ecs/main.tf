variable "step" { default = "first" }
variable "api_version" { default = "3.21.1" }
locals {
  first = var.step == "first"
  trust = { for name, service in {
    tasks     = "ecs-tasks.amazonaws.com"
    scheduler = "scheduler.amazonaws.com"
    function  = "lambda.amazonaws.com"
    } : name => jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = service } }
      ]
  }) }
}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "main" {
  for_each          = { a = 0, b = 1, c = 2 }
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1${each.key}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}
resource "aws_security_group" "tasks" {
  name   = "tasks"
  vpc_id = aws_vpc.main.id
}
resource "aws_kms_key" "data" { deletion_window_in_days = 7 }
resource "aws_cloudwatch_log_group" "main" {
  for_each = toset(["api", "beat", "migration", "cleanup", "exec"])
  name     = "/ecs/checkout-dev-${each.key}"
}
resource "aws_iam_role" "main" {
  for_each           = local.trust
  name               = "checkout-dev-${each.key}"
  assume_role_policy = each.value
}
resource "aws_secretsmanager_secret" "database" {
  name                    = "checkout-dev/database"
  recovery_window_in_days = 0
}
resource "aws_ecs_cluster" "main" {
  name = "checkout-dev"
  setting {
    name  = "containerInsights"
    value = local.first ? "enhanced" : "enabled"
  }
  configuration {
    execute_command_configuration {
      kms_key_id = aws_kms_key.data.arn
      logging    = "OVERRIDE"
      log_configuration {
        cloud_watch_encryption_enabled = true
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.main["exec"].name
      }
    }
  }
}
resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = local.first ? 1 : 2
    weight            = 1
  }
}
resource "aws_service_discovery_http_namespace" "main" {
  name        = "checkout.internal"
  description = "Services of checkout-dev"
}
