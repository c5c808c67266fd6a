import {
  to = aws_vpc.old
  id = var.vpc_id
}

import {
  to = aws_subnet.old
  id = var.subnet_id
}

resource "aws_vpc" "old" {
  cidr_block           = "10.60.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "old" }
}

resource "aws_subnet" "old" {
  vpc_id            = aws_vpc.old.id
  cidr_block        = "10.60.1.0/24"
  availability_zone = "eu-central-1a"
}
