resource "aws_security_group" "mq" {
  vpc_id = aws_vpc.main.id
  name   = "mq"
}
resource "aws_mq_configuration" "jobs" {
  name           = "checkout-dev-jobs"
  description    = local.first ? "Jobs" : "All jobs"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"
  data           = local.first ? "consumer_timeout = 3600000\n" : "consumer_timeout = 7200000\nheartbeat = 120\n"
}
resource "aws_mq_broker" "jobs" {
  broker_name                = "checkout-dev-jobs"
  engine_type                = "RabbitMQ"
  engine_version             = "3.13"
  host_instance_type         = local.first ? "mq.m7g.medium" : "mq.m7g.large"
  deployment_mode            = "SINGLE_INSTANCE"
  storage_type               = "ebs"
  authentication_strategy    = "simple"
  publicly_accessible        = false
  auto_minor_version_upgrade = true
  apply_immediately          = true
  subnet_ids                 = [aws_subnet.main["a"].id]
  security_groups            = [aws_security_group.mq.id]
  encryption_options {
    kms_key_id        = aws_kms_key.data.arn
    use_aws_owned_key = false
  }
  configuration {
    id       = aws_mq_configuration.jobs.id
    revision = aws_mq_configuration.jobs.latest_revision
  }
  logs { general = true }
  maintenance_window_start_time {
    day_of_week = local.first ? "SUNDAY" : "MONDAY"
    time_of_day = "03:00"
    time_zone   = "UTC"
  }
  user {
    username = "admin"
    password = "0123456789abcdef"
  }

  # AWS cannot read the users of RabbitMQ, and the provider takes their absence for a change.
  lifecycle { ignore_changes = [user] }
}
# A configuration is of one version; AWS keeps the old one, which cannot be deleted.
resource "aws_mq_configuration" "events" {
  name           = "checkout-dev-events-${local.first ? "3" : "4"}"
  engine_type    = "RabbitMQ"
  engine_version = local.first ? "3.13" : "4.2"
  data           = "consumer_timeout = 3600000\n"
}
resource "aws_mq_broker" "events" {
  broker_name                = "checkout-dev-events"
  engine_type                = "RabbitMQ"
  engine_version             = local.first ? "3.13" : "4.2"
  host_instance_type         = "mq.m7g.large"
  deployment_mode            = "CLUSTER_MULTI_AZ"
  auto_minor_version_upgrade = true
  apply_immediately          = true
  subnet_ids                 = [for s in aws_subnet.main : s.id]
  security_groups            = [aws_security_group.mq.id]
  configuration {
    id       = aws_mq_configuration.events.id
    revision = aws_mq_configuration.events.latest_revision
  }
  logs { general = local.first }
  user {
    username = "admin"
    password = "0123456789abcdef"
  }

  # AWS cannot read the users of RabbitMQ, and the provider takes their absence for a change.
  lifecycle { ignore_changes = [user] }
}
resource "aws_cloudwatch_log_resource_policy" "mq" {
  policy_name = "checkout-dev-mq"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { Service = "mq.amazonaws.com" }, Action = local.first ? ["logs:CreateLogStream", "logs:PutLogEvents"] : ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"], Resource = "arn:aws:logs:*:*:log-group:/aws/amazonmq/*" },
  ] })
}
