resource "aws_security_group" "cache" {
  vpc_id = aws_vpc.main.id
  name   = "cache"
}
resource "aws_elasticache_subnet_group" "main" {
  name       = "checkout-dev"
  subnet_ids = [for s in aws_subnet.main : s.id]
}
resource "aws_elasticache_parameter_group" "valkey" {
  name   = "checkout-dev-sessions"
  family = "valkey8"
  parameter {
    name  = "maxmemory-policy"
    value = local.first ? "allkeys-lru" : "noeviction"
  }
  dynamic "parameter" {
    for_each = local.first ? { timeout = "300" } : { notify-keyspace-events = "Ex" }
    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}
resource "aws_elasticache_parameter_group" "cluster" {
  name   = "checkout-dev-cluster"
  family = "redis7"
  parameter {
    name  = "cluster-enabled"
    value = "yes"
  }
}
resource "aws_elasticache_user" "default" {
  user_id              = "checkout-dev-default"
  user_name            = "default"
  engine               = "redis"
  access_string        = "off -@all"
  no_password_required = true
}
resource "aws_elasticache_user" "iam" {
  user_id       = "checkout-dev-api"
  user_name     = "checkout-dev-api"
  engine        = "valkey"
  access_string = local.first ? "on ~api:* -@all +@read +@write" : "on ~api:* ~shared:* -@all +@read +@write"
  authentication_mode { type = "iam" }
}
resource "aws_elasticache_user" "password" {
  user_id       = "checkout-dev-worker"
  user_name     = "worker"
  engine        = "redis"
  access_string = "on ~celery* -@all +@all -@dangerous"
  authentication_mode {
    type      = "password"
    passwords = local.first ? ["0123456789abcdef"] : ["0123456789abcdef", "fedcba9876543210"]
  }
}
resource "aws_elasticache_user_group" "valkey" {
  user_group_id = "checkout-dev-valkey"
  engine        = "valkey"
  user_ids      = local.first ? [aws_elasticache_user.iam.user_id] : [aws_elasticache_user.iam.user_id, aws_elasticache_user.password.user_id]
}
resource "aws_elasticache_user_group" "redis" {
  user_group_id = "checkout-dev-redis"
  engine        = "redis"
  user_ids      = [aws_elasticache_user.default.user_id]

  # The association below adds a user, as the provider's page of it asks for.
  lifecycle { ignore_changes = [user_ids] }
}
resource "aws_elasticache_user_group_association" "worker" {
  user_group_id = aws_elasticache_user_group.redis.user_group_id
  user_id       = aws_elasticache_user.password.user_id
}
resource "aws_elasticache_replication_group" "valkey" {
  replication_group_id       = "checkout-dev-sessions"
  description                = local.first ? "Sessions" : "All sessions"
  engine                     = "valkey"
  engine_version             = local.first ? "8.0" : "8.1"
  node_type                  = local.first ? "cache.r7g.large" : "cache.r7g.xlarge"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.data.arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.valkey.user_group_id]
  parameter_group_name       = aws_elasticache_parameter_group.valkey.name
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  network_type               = "dual_stack"
  ip_discovery               = local.first ? "ipv4" : "ipv6"
  port                       = 6379
  maintenance_window         = local.first ? "sun:03:00-sun:04:00" : "mon:03:00-mon:04:00"
  snapshot_window            = local.first ? "01:00-02:00" : "02:00-03:00"
  snapshot_retention_limit   = local.first ? 7 : 14
  final_snapshot_identifier  = "checkout-dev-sessions-final"
  auto_minor_version_upgrade = local.first
  apply_immediately          = true
  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.logs["slow"].name
    destination_type = "cloudwatch-logs"
    log_format       = local.first ? "json" : "text"
    log_type         = "slow-log"
  }
  dynamic "log_delivery_configuration" {
    for_each = local.first ? [1] : []
    content {
      destination      = aws_cloudwatch_log_group.logs["engine"].name
      destination_type = "cloudwatch-logs"
      log_format       = "json"
      log_type         = "engine-log"
    }
  }
}
resource "aws_elasticache_replication_group" "redis6" {
  replication_group_id       = "checkout-dev-broker"
  description                = "Broker"
  engine                     = "redis"
  engine_version             = local.first ? "6.2" : "7.1"
  parameter_group_name       = local.first ? "default.redis6.x" : "default.redis7"
  node_type                  = "cache.t4g.small"
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  user_group_ids             = [aws_elasticache_user_group.redis.user_group_id]
  num_cache_clusters         = local.first ? 1 : 2
  apply_immediately          = true
  depends_on                 = [aws_elasticache_user_group_association.worker]
}
resource "aws_elasticache_replication_group" "cluster" {
  replication_group_id       = "checkout-dev-cluster"
  description                = "Cluster"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.m7g.large"
  num_node_groups            = 2
  replicas_per_node_group    = 1
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  parameter_group_name       = aws_elasticache_parameter_group.cluster.name
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  apply_immediately          = true
}
