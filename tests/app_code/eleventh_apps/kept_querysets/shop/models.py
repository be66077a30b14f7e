from django.contrib.auth.models import AbstractUser
from django.db import models


class Customer(AbstractUser):
    nickname = models.CharField(max_length=40)

    class Meta:
        db_table = "shop_customer"


class Product(models.Model):
    title = models.CharField(max_length=200)

    class Meta:
        db_table = "shop_product"


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    status = models.CharField(max_length=20)

    class Meta:
        db_table = "shop_order"


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "shop_orderitem"
