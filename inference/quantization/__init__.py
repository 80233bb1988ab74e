"""Fewer bits for each weight: linear layers and routed experts in int8 or int4, on a CPU, and the bytes counted.

Knows torch's modules and the fused experts of transformers; nothing of engines, folders or what is asked.
"""
