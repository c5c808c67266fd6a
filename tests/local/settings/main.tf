# Everything that the emulated AWS has extensions for, as the tests of the provider need it: one state,
# since each command spends two seconds on the schema of the provider before it looks at a resource.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket         = "state-bucket"
    key            = "dev/settings.tfstate"
    region         = "eu-central-1"
    encrypt        = true
    dynamodb_table = "locks"
  }
}
variable "step" {
  description = "first, or second: other tags, and other values of all settings that can change in place"
  default     = "first"
}
variable "zones" {
  description = "Zones of the network"
  type        = list(string)
  default     = ["a", "b"]
}
variable "api_version" {
  description = "Tag of the image of one service"
  default     = "3.21.1"
}
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["210987654321"]
  default_tags {
    tags = { Environment = "checkout-dev", Step = var.step, ManagedBy = "terraform" }
  }
}
module "account" {
  source = "./account"
  step   = var.step
}
module "caches" {
  source = "./caches"
  step   = var.step
}
module "ecs" {
  source      = "./ecs"
  step        = var.step
  api_version = var.api_version
}
module "network" {
  source = "./network"
  step   = var.step
  zones  = var.zones
}
module "rds" {
  source = "./rds"
  step   = var.step
}
