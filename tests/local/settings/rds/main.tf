variable "step" {
  default = "first"
}
locals {
  first = var.step == "first"
  # Made in the second step, from what the first one has made; by literal names, so that they are made
  # beside the changes and not after them.
  copies = local.first ? [] : ["copy"]
}
resource "aws_vpc" "main" { cidr_block = "10.20.0.0/16" }
resource "aws_subnet" "database" {
  for_each          = { a = 0, b = 1, c = 2 }
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
  availability_zone = "eu-central-1${each.key}"
}
resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.main.id
}
resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [for subnet in aws_subnet.database : subnet.id]
}
resource "aws_kms_key" "data" {
  description         = "data"
  enable_key_rotation = true
}
resource "aws_iam_role" "service" {
  for_each = {
    monitoring = "monitoring.rds.amazonaws.com"
    proxy      = "rds.amazonaws.com"
    rotation   = "lambda.amazonaws.com"
  }
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value } }] })
}
resource "aws_sns_topic" "events" { name = "events" }

# An instance with every setting that production has.
resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "postgres16"
  parameter {
    name         = "max_connections"
    value        = local.first ? "1000" : "800"
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  dynamic "parameter" {
    for_each = local.first ? ["log_min_duration_statement"] : ["log_lock_waits"]
    content {
      name  = parameter.value
      value = "1"
    }
  }
}
resource "aws_cloudwatch_log_group" "orders" {
  name              = "/aws/rds/instance/orders/postgresql"
  retention_in_days = 30
}
resource "aws_db_instance" "orders" {
  identifier                            = "orders"
  engine                                = "postgres"
  engine_version                        = local.first ? "16.4" : "16.8"
  engine_lifecycle_support              = "open-source-rds-extended-support-disabled"
  auto_minor_version_upgrade            = false
  instance_class                        = local.first ? "db.m7g.large" : "db.m7g.xlarge"
  allocated_storage                     = local.first ? 100 : 200
  max_allocated_storage                 = 500
  storage_type                          = "gp3"
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.data.arn
  db_name                               = "orders"
  username                              = "platform"
  manage_master_user_password           = true
  master_user_secret_kms_key_id         = aws_kms_key.data.arn
  iam_database_authentication_enabled   = true
  multi_az                              = true
  db_subnet_group_name                  = aws_db_subnet_group.main.name
  vpc_security_group_ids                = [aws_security_group.database.id]
  publicly_accessible                   = false
  ca_cert_identifier                    = local.first ? "rds-ca-rsa2048-g1" : "rds-ca-ecc384-g1"
  parameter_group_name                  = aws_db_parameter_group.orders.name
  backup_retention_period               = local.first ? 7 : 14
  backup_window                         = local.first ? "03:00-03:30" : "04:00-04:30"
  maintenance_window                    = "sun:05:00-sun:05:30"
  copy_tags_to_snapshot                 = true
  deletion_protection                   = local.first
  skip_final_snapshot                   = false
  final_snapshot_identifier             = "orders-final"
  monitoring_interval                   = 30
  monitoring_role_arn                   = aws_iam_role.service["monitoring"].arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.data.arn
  performance_insights_retention_period = local.first ? 465 : 731
  database_insights_mode                = local.first ? "advanced" : "standard"
  enabled_cloudwatch_logs_exports       = ["postgresql"]
  apply_immediately                     = true
  depends_on                            = [aws_cloudwatch_log_group.orders]
}

# A large one with a password of its own, which read replicas need.
ephemeral "aws_secretsmanager_random_password" "reports" {
  password_length     = 32
  exclude_punctuation = true
}
resource "aws_db_instance" "reports" {
  identifier              = "reports"
  engine                  = "postgres"
  engine_version          = "16"
  instance_class          = "db.m7g.large"
  allocated_storage       = 400
  storage_type            = "gp3"
  iops                    = local.first ? 12000 : 16000
  storage_throughput      = local.first ? 500 : 750
  storage_encrypted       = true
  username                = "platform"
  password_wo             = ephemeral.aws_secretsmanager_random_password.reports.random_password
  password_wo_version     = local.first ? 1 : 2
  db_subnet_group_name    = aws_db_subnet_group.main.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  backup_retention_period = 1
  skip_final_snapshot     = true
  apply_immediately       = true
}
resource "aws_db_instance" "replica" {
  for_each               = toset(local.copies)
  identifier             = "reports-replica"
  replicate_source_db    = "reports"
  instance_class         = "db.m7g.xlarge"
  storage_encrypted      = true
  vpc_security_group_ids = [aws_security_group.database.id]
  skip_final_snapshot    = true
  apply_immediately      = true
}
resource "aws_db_instance" "restored" {
  for_each               = toset(local.copies)
  identifier             = "orders-restored"
  storage_encrypted      = true
  snapshot_identifier    = "orders-copy"
  instance_class         = "db.m7g.large"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  skip_final_snapshot    = true
}
resource "aws_db_instance" "earlier" {
  for_each               = toset(local.copies)
  identifier             = "orders-earlier"
  storage_encrypted      = true
  instance_class         = "db.m7g.large"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  skip_final_snapshot    = true
  restore_to_point_in_time {
    source_db_instance_identifier = "orders"
    use_latest_restorable_time    = true
  }
}

# Aurora Serverless that scales to nothing, with a reader.
resource "aws_rds_cluster_parameter_group" "catalog" {
  name   = "catalog"
  family = "aurora-postgresql16"
  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = local.first ? "1000" : "500"
  }
}
resource "aws_cloudwatch_log_group" "catalog" {
  name              = "/aws/rds/cluster/catalog/postgresql"
  retention_in_days = 30
}
resource "aws_rds_cluster" "catalog" {
  cluster_identifier                    = "catalog"
  engine                                = "aurora-postgresql"
  engine_version                        = local.first ? "16.4" : "16.6"
  engine_lifecycle_support              = "open-source-rds-extended-support-disabled"
  database_name                         = "catalog"
  master_username                       = "platform"
  manage_master_user_password           = true
  master_user_secret_kms_key_id         = aws_kms_key.data.arn
  iam_database_authentication_enabled   = true
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.data.arn
  db_subnet_group_name                  = aws_db_subnet_group.main.name
  vpc_security_group_ids                = [aws_security_group.database.id]
  db_cluster_parameter_group_name       = aws_rds_cluster_parameter_group.catalog.name
  backup_retention_period               = local.first ? 7 : 14
  preferred_backup_window               = local.first ? "03:00-03:30" : "04:00-04:30"
  preferred_maintenance_window          = "sun:05:00-sun:05:30"
  copy_tags_to_snapshot                 = true
  deletion_protection                   = local.first
  final_snapshot_identifier             = "catalog-final"
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.data.arn
  performance_insights_retention_period = 465
  database_insights_mode                = "advanced"
  monitoring_interval                   = 30
  monitoring_role_arn                   = aws_iam_role.service["monitoring"].arn
  enabled_cloudwatch_logs_exports       = ["postgresql"]
  apply_immediately                     = true
  serverlessv2_scaling_configuration {
    min_capacity             = 0
    max_capacity             = local.first ? 4 : 8
    seconds_until_auto_pause = 600
  }
  depends_on = [aws_cloudwatch_log_group.catalog]
}
resource "aws_rds_cluster_instance" "catalog" {
  for_each                              = { writer = 0, reader = 1 }
  identifier                            = "catalog-${each.key}"
  cluster_identifier                    = aws_rds_cluster.catalog.id
  engine                                = aws_rds_cluster.catalog.engine
  engine_version                        = aws_rds_cluster.catalog.engine_version
  instance_class                        = "db.serverless"
  promotion_tier                        = local.first ? each.value : each.value + 1
  ca_cert_identifier                    = "rds-ca-rsa2048-g1"
  auto_minor_version_upgrade            = false
  monitoring_interval                   = 30
  monitoring_role_arn                   = aws_iam_role.service["monitoring"].arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.data.arn
  performance_insights_retention_period = 465
  copy_tags_to_snapshot                 = true
  apply_immediately                     = true
}
resource "aws_rds_cluster" "restored" {
  for_each                = toset(local.copies)
  cluster_identifier      = "catalog-restored"
  engine                  = "aurora-postgresql"
  snapshot_identifier     = "catalog-copy"
  db_subnet_group_name    = aws_db_subnet_group.main.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  storage_encrypted       = true
  backup_retention_period = 7
  skip_final_snapshot     = true
}
resource "aws_appautoscaling_target" "catalog" {
  service_namespace  = "rds"
  scalable_dimension = "rds:cluster:ReadReplicaCount"
  resource_id        = "cluster:${aws_rds_cluster.catalog.id}"
  min_capacity       = 1
  max_capacity       = local.first ? 4 : 6
  depends_on         = [aws_rds_cluster_instance.catalog]
}
resource "aws_appautoscaling_policy" "catalog" {
  name               = "readers"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.catalog.service_namespace
  scalable_dimension = aws_appautoscaling_target.catalog.scalable_dimension
  resource_id        = aws_appautoscaling_target.catalog.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = local.first ? 60 : 70
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification {
      predefined_metric_type = "RDSReaderAverageCPUUtilization"
    }
  }
}

# Pooling in front of both.
resource "aws_db_proxy" "catalog" {
  name                   = "catalog"
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.service["proxy"].arn
  vpc_subnet_ids         = [for subnet in aws_subnet.database : subnet.id]
  vpc_security_group_ids = [aws_security_group.database.id]
  require_tls            = true
  idle_client_timeout    = local.first ? 1800 : 900
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_rds_cluster.catalog.master_user_secret[0].secret_arn
  }
}
resource "aws_db_proxy_default_target_group" "catalog" {
  db_proxy_name = aws_db_proxy.catalog.name
  connection_pool_config {
    connection_borrow_timeout    = local.first ? 120 : 60
    init_query                   = "SET statement_timeout = 30000"
    max_connections_percent      = 80
    max_idle_connections_percent = 40
    session_pinning_filters      = ["EXCLUDE_VARIABLE_SETS"]
  }
}
resource "aws_db_proxy_target" "catalog" {
  db_proxy_name         = aws_db_proxy.catalog.name
  target_group_name     = aws_db_proxy_default_target_group.catalog.name
  db_cluster_identifier = aws_rds_cluster.catalog.id
  depends_on            = [aws_rds_cluster_instance.catalog]
}
resource "aws_db_proxy" "reports" {
  name           = "reports"
  engine_family  = "POSTGRESQL"
  role_arn       = aws_iam_role.service["proxy"].arn
  vpc_subnet_ids = [for subnet in aws_subnet.database : subnet.id]
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = aws_secretsmanager_secret_version.reports.arn
  }
}
resource "aws_db_proxy_target" "reports" {
  db_proxy_name          = aws_db_proxy.reports.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.reports.identifier
}

resource "aws_db_event_subscription" "instances" {
  name             = "instances"
  sns_topic        = aws_sns_topic.events.arn
  source_type      = "db-instance"
  source_ids       = [for name, instance in aws_rds_cluster_instance.catalog : instance.identifier if local.first || name == "writer"]
  event_categories = local.first ? ["failover", "failure"] : ["failover", "low storage"]
}
resource "aws_db_event_subscription" "clusters" {
  name             = "clusters"
  sns_topic        = aws_sns_topic.events.arn
  source_type      = "db-cluster"
  source_ids       = [aws_rds_cluster.catalog.id]
  event_categories = ["failover", "failure"]
}

# Rotation: by a function, by a function later, and by RDS.
resource "aws_lambda_function" "rotation" {
  function_name    = "rotation"
  role             = aws_iam_role.service["rotation"].arn
  filename         = "rotation.zip"
  source_code_hash = filebase64sha256("rotation.zip")
  handler          = "rotation.handle"
  runtime          = local.first ? "python3.12" : "python3.13"
  architectures    = ["arm64"]
  timeout          = local.first ? 30 : 60
  memory_size      = 256
  kms_key_arn      = aws_kms_key.data.arn
  environment { variables = { STEP = var.step } }
  tracing_config { mode = local.first ? "PassThrough" : "Active" }
  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.database : subnet.id]
    security_group_ids = [aws_security_group.database.id]
  }
}
resource "aws_lambda_permission" "rotation" {
  statement_id   = "secretsmanager"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotation.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = "210987654321"
}
resource "aws_secretsmanager_secret" "reports" {
  name                    = "reports"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "reports" {
  secret_id                = aws_secretsmanager_secret.reports.id
  secret_string_wo         = jsonencode({ username = "platform", password = ephemeral.aws_secretsmanager_random_password.reports.random_password })
  secret_string_wo_version = 1
}
resource "aws_secretsmanager_secret" "jobs" {
  name                    = "jobs"
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "jobs" {
  secret_id                = aws_secretsmanager_secret.jobs.id
  secret_string_wo         = "{}"
  secret_string_wo_version = 1
}
resource "aws_secretsmanager_secret_rotation" "reports" {
  secret_id           = aws_secretsmanager_secret_version.reports.secret_id
  rotation_lambda_arn = aws_lambda_function.rotation.arn
  rotation_rules { automatically_after_days = local.first ? 30 : 14 }
  depends_on = [aws_lambda_permission.rotation]
}
resource "aws_secretsmanager_secret_rotation" "jobs" {
  secret_id           = aws_secretsmanager_secret_version.jobs.secret_id
  rotation_lambda_arn = aws_lambda_function.rotation.arn
  rotate_immediately  = false
  rotation_rules {
    schedule_expression = "cron(0 4 ? * SUN *)"
    duration            = "3h"
  }
  depends_on = [aws_lambda_permission.rotation]
}
resource "aws_secretsmanager_secret_rotation" "orders" {
  secret_id          = aws_db_instance.orders.master_user_secret[0].secret_arn
  rotate_immediately = false
  rotation_rules { automatically_after_days = local.first ? 30 : 60 }
}
