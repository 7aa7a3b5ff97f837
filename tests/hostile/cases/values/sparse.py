"""Sparse tensors: small in memory, giant when made dense, and without coalescing."""

import torch


def check_result(*_):
    return torch.sparse_coo_tensor(torch.zeros(1, 1, dtype=torch.long), torch.ones(1), (10**12,))


def train(*_):
    return torch.eye(3).to_sparse_csr(), torch.ones(20).to_sparse()


def fnn_forward(*_):
    return torch.sparse_coo_tensor(torch.zeros(6, 1, dtype=torch.long), torch.ones(1), (4, 4, 4, 4, 4, 4))
