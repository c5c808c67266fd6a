resource "aws_sns_topic" "alerts" {
  name              = "checkout-dev-alerts"
  display_name      = local.first ? "alerts" : "all alerts"
  kms_master_key_id = aws_kms_key.data.arn
}
resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Alarms", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.alerts.arn, Condition = { StringEquals = { "aws:SourceAccount" = local.first ? local.account : "210987654322" } } },
  ] })
}
resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = "oncall@example.com"
}
resource "aws_sns_topic_subscription" "https" {
  topic_arn              = aws_sns_topic.alerts.arn
  protocol               = "https"
  endpoint               = "https://events.pagerduty.example/integration/1/enqueue"
  endpoint_auto_confirms = true
  raw_message_delivery   = local.first ? false : true
  filter_policy          = jsonencode({ severity = [local.first ? "page" : "ticket"] })
}
resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "checkout-dev-cache-memory"
  alarm_description   = "Memory"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = local.first ? 80 : 85
  period              = 60
  statistic           = "Maximum"
  namespace           = "AWS/ElastiCache"
  metric_name         = "DatabaseMemoryUsagePercentage"
  dimensions          = { CacheClusterId = "checkout-dev-001" }
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
  tags                = { Name = "memory" }
}
resource "aws_cloudwatch_metric_alarm" "p99" {
  alarm_name                            = "checkout-dev-cache-p99"
  comparison_operator                   = "GreaterThanThreshold"
  evaluation_periods                    = 3
  threshold                             = 5
  period                                = 60
  extended_statistic                    = local.first ? "p99" : "p95"
  namespace                             = "AWS/ElastiCache"
  metric_name                           = "SuccessfulReadRequestLatency"
  evaluate_low_sample_count_percentiles = "ignore"
}
resource "aws_cloudwatch_metric_alarm" "ratio" {
  alarm_name          = "checkout-dev-cache-ratio"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 5
  threshold           = 0.8
  treat_missing_data  = "notBreaching"
  actions_enabled     = local.first
  metric_query {
    id          = "ratio"
    expression  = local.first ? "hits / (hits + misses)" : "100 * hits / (hits + misses)"
    label       = "hit ratio"
    return_data = true
  }
  metric_query {
    id = "hits"
    metric {
      metric_name = "CacheHits"
      namespace   = "AWS/ElastiCache"
      period      = 300
      stat        = "Sum"
      dimensions  = { CacheClusterId = "checkout-dev-001" }
    }
  }
  metric_query {
    id = "misses"
    metric {
      metric_name = "CacheMisses"
      namespace   = "AWS/ElastiCache"
      period      = 300
      stat        = "Sum"
      dimensions  = { CacheClusterId = "checkout-dev-001" }
    }
  }
}
resource "aws_cloudwatch_composite_alarm" "cache" {
  alarm_name    = "checkout-dev-cache"
  alarm_rule    = "ALARM(\"${aws_cloudwatch_metric_alarm.memory.alarm_name}\") ${local.first ? "OR" : "AND"} ALARM(\"${aws_cloudwatch_metric_alarm.ratio.alarm_name}\")"
  alarm_actions = [aws_sns_topic.alerts.arn]
}
