from rest_framework import status, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.api.serializers import OrderCreateSerializer, OrderItemSerializer, OrderLiteSerializer
from shop.models import Customer, Order, OrderItem, Product


class OrderItemViewSet(viewsets.ModelViewSet):
    serializer_class = OrderItemSerializer
    model = OrderItem

    def perform_create(self, serializer):
        serializer.save(order_id=self.kwargs.get("order_id"))

    def partial_update(self, request, order_id, pk):
        item = OrderItem.objects.get(pk=pk, order_id=order_id)
        serializer = OrderItemSerializer(item, data=request.data, partial=True)
        if serializer.is_valid():
            serializer.save()
            return Response(serializer.data, status=status.HTTP_200_OK)
        return Response(serializer.errors, status=status.HTTP_400_BAD_REQUEST)

    def destroy(self, request, order_id, pk):
        item = OrderItem.objects.get(pk=pk, order_id=order_id)
        item.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrderEndpoint(APIView):
    def post(self, request):
        serializer = OrderLiteSerializer(data=request.data)
        if serializer.is_valid():
            serializer.save()
            return Response(serializer.data, status=status.HTTP_201_CREATED)
        return Response(serializer.errors, status=status.HTTP_400_BAD_REQUEST)


class ReorderEndpoint(APIView):
    def post(self, request, pk):
        source = Order.objects.select_related("customer").prefetch_related("order_items").get(pk=pk)
        order = Order.objects.create(customer=source.customer, status="draft")
        for item in source.order_items.all():
            order.order_items.create(product=item.product, quantity=item.quantity)
        product = Product.objects.filter(title="gift").first()
        OrderItem(order_id=order.id, product=product).save()
        return Response({"id": order.id})
