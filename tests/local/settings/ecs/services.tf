locals {
  containers = {
    api       = { version = var.api_version, command = null, port = 8000 }
    beat      = { version = "3.21.1", command = ["celery", "beat"], port = null }
    migration = { version = "3.21.1", command = ["python", "manage.py", "migrate"], port = null }
    cleanup   = { version = "3.21.1", command = ["python", "manage.py", "cleanup"], port = null }
  }
}
resource "aws_ecs_task_definition" "main" {
  for_each                 = local.containers
  family                   = "checkout-dev-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  task_role_arn            = aws_iam_role.main["tasks"].arn
  execution_role_arn       = aws_iam_role.main["tasks"].arn
  runtime_platform {
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }
  ephemeral_storage { size_in_gib = 30 }
  volume { name = "tmp" }
  container_definitions = jsonencode([merge(
    {
      name                   = "app"
      image                  = "ghcr.io/saleor/saleor:${each.value.version}"
      essential              = true
      user                   = "10001:10001"
      readonlyRootFilesystem = true
      stopTimeout            = 30
      linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = true }
      mountPoints            = [{ containerPath = "/tmp", readOnly = false, sourceVolume = "tmp" }]
      environment            = [{ name = "B", value = "2" }, { name = "A", value = "1" }]
      secrets = [
        { name = "DATABASE_URL", valueFrom = "${aws_secretsmanager_secret.database.arn}:url::" }
      ]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.main[each.key].name
          awslogs-region        = "eu-central-1"
          awslogs-stream-prefix = "app"
          max-buffer-size       = "25m"
          mode                  = "non-blocking"
        }
      }
    },
    { for key, value in { command = each.value.command } : key => value if value != null },
    { for key, value in {
      portMappings = [
        { name = "main", containerPort = each.value.port, hostPort = each.value.port, protocol = "tcp" }
      ]
      healthCheck = {
        command     = ["CMD", "curl", "localhost"]
        interval    = 15
        timeout     = 5
        retries     = 3
        startPeriod = 30
      }
    } : key => value if each.value.port != null },
  )])
  lifecycle { create_before_destroy = true }
}
resource "aws_ecs_service" "api" {
  name                               = "checkout-dev-api"
  cluster                            = aws_ecs_cluster_capacity_providers.main.cluster_name
  task_definition                    = aws_ecs_task_definition.main["api"].arn
  desired_count                      = 2
  force_new_deployment               = true
  deployment_minimum_healthy_percent = local.first ? 100 : 50
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  wait_for_steady_state              = true
  enable_execute_command             = false
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }
  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = local.first ? 1 : 3
  }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    assign_public_ip = false
    subnets          = [for subnet in aws_subnet.main : subnet.id]
    security_groups  = [aws_security_group.tasks.id]
  }
  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.main.arn
    log_configuration {
      log_driver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.main["api"].name
        awslogs-region        = "eu-central-1"
        awslogs-stream-prefix = "service-connect"
      }
    }
    service {
      port_name      = "main"
      discovery_name = "api"
      client_alias {
        dns_name = "api"
        port     = 8000
      }
    }
  }
  lifecycle {
    ignore_changes = [desired_count]
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.main["api"].arn
      error_message = "ECS rolled the service back: it runs ${self.task_definition}."
    }
  }
  depends_on = [aws_lambda_invocation.migration]
}
resource "aws_ecs_service" "beat" {
  name                               = "checkout-dev-beat"
  cluster                            = aws_ecs_cluster_capacity_providers.main.cluster_name
  task_definition                    = aws_ecs_task_definition.main["beat"].arn
  desired_count                      = local.first ? 1 : 2
  force_new_deployment               = true
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  availability_zone_rebalancing      = "DISABLED"
  wait_for_steady_state              = true
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets         = [for subnet in aws_subnet.main : subnet.id]
    security_groups = [aws_security_group.tasks.id]
  }
}
resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
  min_capacity       = 2
  max_capacity       = local.first ? 4 : 6
}
resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = local.first ? 60 : 50
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
resource "aws_appautoscaling_policy" "messages" {
  name               = "messages"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  target_tracking_scaling_policy_configuration {
    target_value = local.first ? 10 : 20
    customized_metric_specification {
      metrics {
        id          = "waiting"
        return_data = false
        metric_stat {
          stat = "Average"
          metric {
            namespace   = "AWS/AmazonMQ"
            metric_name = "MessageReadyCount"
            dimensions {
              name  = "Queue"
              value = "celery"
            }
          }
        }
      }
      metrics {
        id          = "backlog"
        expression  = "waiting / 2"
        label       = "per task"
        return_data = true
      }
    }
  }
}
resource "aws_appautoscaling_scheduled_action" "morning" {
  name               = "morning"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  schedule           = local.first ? "cron(0 6 ? * MON-FRI *)" : "cron(0 7 ? * MON-FRI *)"
  timezone           = "Europe/Berlin"
  scalable_target_action {
    min_capacity = "2"
    max_capacity = "4"
  }
}
resource "aws_scheduler_schedule_group" "cleanup" { name = "checkout-dev-cleanup" }
resource "aws_scheduler_schedule" "cleanup" {
  name                         = "checkout-dev-cleanup"
  group_name                   = aws_scheduler_schedule_group.cleanup.name
  description                  = "Removes baskets"
  schedule_expression          = local.first ? "cron(0 3 * * ? *)" : "rate(1 day)"
  schedule_expression_timezone = "UTC"
  kms_key_arn                  = aws_kms_key.data.arn
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_ecs_cluster.main.arn
    role_arn = aws_iam_role.main["scheduler"].arn
    ecs_parameters {
      task_definition_arn     = aws_ecs_task_definition.main["cleanup"].arn
      task_count              = 1
      enable_ecs_managed_tags = true
      enable_execute_command  = false
      propagate_tags          = "TASK_DEFINITION"
      capacity_provider_strategy {
        capacity_provider = "FARGATE"
        base              = 1
        weight            = 1
      }
      network_configuration {
        assign_public_ip = false
        subnets          = [for subnet in aws_subnet.main : subnet.id]
        security_groups  = [aws_security_group.tasks.id]
      }
    }
    retry_policy {
      maximum_event_age_in_seconds = local.first ? 3600 : 7200
      maximum_retry_attempts       = 3
    }
  }
}
resource "aws_lambda_function" "migration" {
  function_name    = "checkout-dev-migration"
  role             = aws_iam_role.main["function"].arn
  runtime          = "python3.13"
  handler          = "migration.handler.handle"
  filename         = "migration.zip"
  source_code_hash = filebase64sha256("migration.zip")
  timeout          = 120
}
resource "aws_lambda_invocation" "migration" {
  function_name   = aws_lambda_function.migration.function_name
  lifecycle_scope = "CREATE_ONLY"
  input = jsonencode({
    capacity        = [{ base = 1, capacityProvider = "FARGATE", weight = 1 }]
    cluster         = aws_ecs_cluster_capacity_providers.main.cluster_name
    family          = "checkout-dev-migration"
    log_group       = aws_cloudwatch_log_group.main["migration"].name
    run             = local.first ? 1 : 2
    security_groups = [aws_security_group.tasks.id]
    subnets         = [for subnet in aws_subnet.main : subnet.id]
    task_definition = aws_ecs_task_definition.main["migration"].arn
  })
}
