resource "aws_dynamodb_table" "carts" {
  name                        = "checkout-dev-carts"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  range_key                   = "line"
  deletion_protection_enabled = local.first
  table_class                 = "STANDARD"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "line"
    type = "N"
  }
  attribute {
    name = "customer"
    type = "S"
  }
  global_secondary_index {
    name               = "by-customer"
    hash_key           = "customer"
    range_key          = "line"
    projection_type    = "INCLUDE"
    non_key_attributes = ["total"]
  }
  dynamic "global_secondary_index" {
    for_each = local.first ? [] : ["by-line"]
    content {
      name            = global_secondary_index.value
      hash_key        = "line"
      projection_type = "ALL"
    }
  }
  on_demand_throughput {
    max_read_request_units  = local.first ? 1000 : 2000
    max_write_request_units = 500
  }
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  ttl {
    enabled        = true
    attribute_name = "expires"
  }
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = local.first ? 35 : 14
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}
resource "aws_dynamodb_resource_policy" "carts" {
  resource_arn = aws_dynamodb_table.carts.arn
  policy       = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Principal = { AWS = "arn:aws:iam::210987654321:root" }, Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.carts.arn }] })
}
resource "aws_s3_bucket" "logs" {
  bucket        = "checkout-dev-logs-210987654321"
  force_destroy = true
}
resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule { object_ownership = "BucketOwnerEnforced" }
}
resource "aws_s3_bucket" "media" {
  bucket = "checkout-dev-media-210987654321"
}
resource "aws_s3_bucket_public_access_block" "media" {
  bucket                  = aws_s3_bucket.media.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "media" {
  bucket = aws_s3_bucket.media.id
  rule { object_ownership = local.first ? "BucketOwnerEnforced" : "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_versioning" "media" {
  bucket = aws_s3_bucket.media.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "media" {
  bucket = aws_s3_bucket.media.id
  rule {
    bucket_key_enabled = local.first
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}
resource "aws_s3_bucket_cors_configuration" "media" {
  bucket = aws_s3_bucket.media.id
  cors_rule {
    id              = "shop"
    allowed_methods = local.first ? ["GET", "HEAD"] : ["GET", "HEAD", "PUT"]
    allowed_origins = ["https://shop.example"]
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}
resource "aws_s3_bucket_logging" "media" {
  bucket        = aws_s3_bucket.media.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = local.first ? "media/" : "s3/media/"
  target_object_key_format {
    partitioned_prefix { partition_date_source = "EventTime" }
  }
  depends_on = [aws_s3_bucket_policy.logs]
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Logs", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.logs.arn}/*", Condition = { StringEquals = { "aws:SourceAccount" = local.account } } },
    { Sid = "Tls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } },
  ] })
}
resource "aws_s3_bucket_intelligent_tiering_configuration" "media" {
  bucket = aws_s3_bucket.media.id
  name   = "archive"
  status = local.first ? "Enabled" : "Disabled"
  filter { prefix = "exports/" }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "media" {
  bucket     = aws_s3_bucket.media.id
  depends_on = [aws_s3_bucket_versioning.media]
  rule {
    id     = "uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
    noncurrent_version_expiration {
      noncurrent_days           = local.first ? 30 : 60
      newer_noncurrent_versions = 3
    }
    noncurrent_version_transition {
      noncurrent_days = 10
      storage_class   = "GLACIER_IR"
    }
  }
  rule {
    id     = "exports"
    status = "Enabled"
    filter {
      and {
        prefix                   = "exports/"
        object_size_greater_than = 131072
        tags                     = { temporary = "yes" }
      }
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 90
      storage_class = "GLACIER"
    }
    expiration { days = 400 }
  }
  rule {
    id     = "markers"
    status = "Enabled"
    filter { prefix = "old/" }
    expiration { expired_object_delete_marker = true }
  }
}
