terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "vpc_id" {
  type = string
}

variable "subnet_id" {
  type = string
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["210987654321"]
}
