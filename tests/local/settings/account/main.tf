variable "step" {
  default = "first"
}
resource "aws_s3_account_public_access_block" "main" {
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = var.step == "first"
  restrict_public_buckets = true
}
resource "aws_ebs_encryption_by_default" "main" { enabled = true }
resource "aws_kms_key" "ebs" {
  description         = "ebs"
  enable_key_rotation = true
}
resource "aws_ebs_default_kms_key" "main" { key_arn = aws_kms_key.ebs.arn }
resource "aws_ebs_snapshot_block_public_access" "main" { state = var.step == "first" ? "block-all-sharing" : "block-new-sharing" }
resource "aws_ec2_image_block_public_access" "main" { state = "block-new-sharing" }
resource "aws_ec2_instance_metadata_defaults" "main" {
  http_tokens                 = "required"
  http_put_response_hop_limit = var.step == "first" ? 2 : 1
  instance_metadata_tags      = "enabled"
}
resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "account"
  type          = "ACCOUNT"
}
resource "aws_accessanalyzer_analyzer" "unused" {
  analyzer_name = "unused"
  type          = "ACCOUNT_UNUSED_ACCESS"
  configuration {
    unused_access {
      unused_access_age = 90
    }
  }
}
resource "aws_accessanalyzer_archive_rule" "main" {
  analyzer_name = aws_accessanalyzer_analyzer.main.analyzer_name
  rule_name     = "known"
  filter {
    criteria = "isPublic"
    eq       = ["false"]
  }
}
resource "aws_iam_account_password_policy" "main" {
  minimum_password_length        = 16
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  password_reuse_prevention      = 24
  max_password_age               = var.step == "first" ? 90 : 60
}
resource "aws_s3_bucket" "logs" {
  bucket        = "workloads-logs-210987654321"
  force_destroy = true
}
resource "aws_s3_bucket" "main" { bucket = "workloads-data-210987654321" }
resource "aws_s3_bucket_versioning" "main" {
  bucket = aws_s3_bucket.main.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.ebs.arn
    }
  }
}
resource "aws_s3_bucket_public_access_block" "main" {
  bucket                  = aws_s3_bucket.main.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "main" {
  bucket = aws_s3_bucket.main.id
  rule { object_ownership = "BucketOwnerEnforced" }
}
resource "aws_s3_bucket_policy" "main" {
  bucket     = aws_s3_bucket.main.id
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Tls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [aws_s3_bucket.main.arn, "${aws_s3_bucket.main.arn}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
  depends_on = [aws_s3_bucket_public_access_block.main]
}
resource "aws_s3_bucket_lifecycle_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = var.step == "first" ? 90 : 30 }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  rule {
    id     = "archive"
    status = "Enabled"
    filter { prefix = "archive/" }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    expiration { days = 400 }
  }
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Logs", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.logs.arn}/*" }] })
}
resource "aws_s3_bucket_logging" "main" {
  bucket        = aws_s3_bucket.main.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "s3/"
  depends_on    = [aws_s3_bucket_policy.logs]
}
resource "aws_iam_role" "ci" {
  name                 = "ci"
  max_session_duration = var.step == "first" ? 3600 : 7200
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "ci" {
  name   = "ci"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.step == "first" ? "s3:GetObject" : "s3:GetObjectVersion", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.ci.arn
}
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}
